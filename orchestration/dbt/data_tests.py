"""State the rule of each dbt data test."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from klynge.messages import message
from orchestration.dbt.manifest import Node

_FIRST_COMMENT = re.compile(r"\s*\{#-?\s*(.+?)\s*-?#\}", re.DOTALL)
_NAMED_TABLE = re.compile(r"""['"](\w+)['"]\s*\)""")

#: For each generic test, a function that states its rule from the test's arguments.
_SENTENCES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "unique": lambda a: message(
        "No two rows have the same {column}.",
        column=a["column_name"],
    ),
    "not_null": lambda a: message(
        "Every row has a value in {column}.",
        column=a["column_name"],
    ),
    "unique_grain": lambda a: message(
        "No two rows have the same combination of {columns}.",
        columns=_listed(a["columns"]),
    ),
    "accepted_values": lambda a: message(
        "Every {column} is one of {values}.",
        column=a["column_name"],
        values=_listed(a["values"]),
    ),
    "relationships": lambda a: message(
        "Every {column} is a {field} of {table}.",
        column=a["column_name"],
        field=a["field"],
        table=_table_in(a["to"]),
    ),
    "always_true": lambda a: message(
        "In every row {column} is true.",
        column=a["column_name"],
    ),
    "not_null_exactly_where": lambda a: message(
        "{column} has a value exactly in the rows where {condition}.",
        column=a["column_name"],
        condition=a["condition"],
    ),
    "same_rows_as": lambda a: message(
        "The table has as many rows as {table}.",
        table=_table_in(a["other"]),
    ),
}


def describe_test(test: Node) -> str:
    """State the rule of a test in one sentence.

    The sentence is the description in the test's yml. If there is none, it comes from the comment
    at the top of a singular test's SQL, from the arguments of a generic test, or from the test's
    name.
    """
    declared = test.get("test_metadata")
    if test.get("description"):
        return " ".join(test["description"].split())
    comment = _FIRST_COMMENT.match(test["raw_code"])
    if comment and not declared:
        sought = " ".join(comment[1].split())
        return message("The query finds no row. It looks for: {sought}", sought=sought)
    if declared and declared["name"] in _SENTENCES and test["name"].startswith(declared["name"]):
        return _SENTENCES[declared["name"]](declared["kwargs"])
    # a name that is given in the yml states the rule
    return f"{test['name'].replace('_', ' ').capitalize()}."


def _listed(names: Iterable[object]) -> str:
    *first, last = map(str, names)
    return message("{names} and {last}", names=first, last=last) if first else last


def _table_in(reference: str) -> str:
    """The name of the table in ``ref('…')`` or ``source('…', '…')``."""
    found = _NAMED_TABLE.search(reference)
    return found[1] if found else reference

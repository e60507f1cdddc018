"""State the rule of each dbt data test."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from orchestration.dbt.manifest import Node

_FIRST_COMMENT = re.compile(r"\s*\{#-?\s*(.+?)\s*-?#\}", re.DOTALL)
_NAMED_TABLE = re.compile(r"""['"](\w+)['"]\s*\)""")

#: Generic test -> the sentence that states its rule, made from the test's arguments.
_SENTENCES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "unique": lambda a: f"No two rows have the same {a['column_name']}.",
    "not_null": lambda a: f"Every row has a value in {a['column_name']}.",
    "unique_grain": lambda a: f"No two rows have the same combination of {_listed(a['columns'])}.",
    "accepted_values": lambda a: f"Every {a['column_name']} is one of {_listed(a['values'])}.",
    "relationships": lambda a: (
        f"Every {a['column_name']} is a {a['field']} of {_table_in(a['to'])}."
    ),
    "always_true": lambda a: f"In every row {a['column_name']} is true.",
    "not_null_exactly_where": lambda a: (
        f"{a['column_name']} has a value exactly in the rows where {a['condition']}."
    ),
    "same_rows_as": lambda a: f"The table has as many rows as {_table_in(a['other'])}.",
}


def describe_test(test: Node) -> str:
    """State the rule of a test in one sentence.

    The sentence is the description in the test's yml, if there is one. Otherwise it comes from the
    comment at the top of a singular test's SQL, from a generic test's arguments, or from the test's
    name.
    """
    declared = test.get("test_metadata")
    if test.get("description"):
        return " ".join(test["description"].split())
    comment = _FIRST_COMMENT.match(test["raw_code"])
    if comment and not declared:
        return "The query finds no row. It looks for: " + " ".join(comment[1].split())
    if declared and declared["name"] in _SENTENCES and test["name"].startswith(declared["name"]):
        return _SENTENCES[declared["name"]](declared["kwargs"])
    # a name that is given in the yml states the rule
    return f"{test['name'].replace('_', ' ').capitalize()}."


def _listed(names: Iterable[object]) -> str:
    *first, last = map(str, names)
    return f"{', '.join(first)} and {last}" if first else last


def _table_in(reference: str) -> str:
    """The name of the table in ``ref('…')`` or ``source('…', '…')``."""
    found = _NAMED_TABLE.search(reference)
    return found[1] if found else reference

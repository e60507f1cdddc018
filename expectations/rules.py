"""Read the project's own rules. Each rule is an SQL file in the folder of its table.

For example, ``suites/core.fct_decisions/recommended_within_applied.sql`` returns the decisions that
break the rule. The first columns of the result identify a row. The name of a file is the id of its
check. The comment at the top states the rule in one sentence and names the owner. Each file becomes
a subclass of ``UnexpectedRowsExpectation``.

Great Expectations replaces ``{batch}`` by a sub-query. If the query has no join, it also gives the
sub-query an alias. If a condition is NULL, its row is not returned, as if the rule held. A rule
about columns that can be NULL therefore ends in ``is not true`` or ``is distinct from``.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from great_expectations.expectations import UnexpectedRowsExpectation
from pydantic.v1 import create_model

from expectations.declaration import OWNERS
from klynge.messages import Message

FOLDER = Path(__file__).with_name("suites")

_FILE = re.compile(
    r"(?P<sentence>(?:-- [^\n]*\n)+)-- owner: (?P<owner>\w+)\n\n(?P<query>.*)", re.DOTALL
)


def read_rules() -> Iterator[tuple[str, UnexpectedRowsExpectation]]:
    """Yield each rule with the table that it checks (``schema.table``).

    Raises :class:`ValueError` if a file lacks the sentence or a known owner, or if a rule does not
    read its table.
    """
    for path in sorted(FOLDER.glob("*/*.sql")):
        rule, owner = _expectation_class(path)
        # mypy requires the query as an argument, because it does not see that the class has one
        yield path.parent.name, rule(meta={"owner": owner})  # type: ignore[call-arg]


def read_sentence(text: str) -> str:
    """Read the sentence that states a file's rule; raises :class:`ValueError` if there is none."""
    found = _FILE.fullmatch(text)
    if not found:
        raise ValueError("a rule must begin with a sentence and `-- owner: …` as comments")
    return _sentence(found)


def _sentence(found: re.Match[str]) -> str:
    return " ".join(found["sentence"].replace("-- ", "").split())


@cache
def _expectation_class(path: Path) -> tuple[type[UnexpectedRowsExpectation], str]:
    """Make the expectation class of a rule's file, and return it with the rule's owner."""
    found = _FILE.fullmatch(path.read_text(encoding="utf-8"))
    if not found:
        raise ValueError(f"{path} must begin with a sentence and `-- owner: …` as comments")
    if found["owner"] not in OWNERS:
        raise ValueError(f"{path} names {found['owner']} as owner; give one of {', '.join(OWNERS)}")
    if "{batch}" not in found["query"]:
        raise ValueError(f"{path} must read its table, which it calls {{batch}}")
    kind = create_model(
        "".join(word.capitalize() for word in path.stem.split("_")),
        __base__=UnexpectedRowsExpectation,
        __module__=__name__,
        description=(str, Message(_sentence(found), None, {})),
        unexpected_rows_query=(str, found["query"]),
    )
    return kind, found["owner"]

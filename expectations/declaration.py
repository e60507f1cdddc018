"""The project's additions to an expectation of Great Expectations: an id, an owner and keys.

A suite has the name of the table that it checks, ``schema.table``.

Great Expectations turns the bounds of its typed expectations into binary floats. It therefore
cannot tell 99999999999999.999999 from 99999999999999.999998, so rules about exact money are SQL.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

import great_expectations as gx
from great_expectations.expectations import UnexpectedRowsExpectation
from great_expectations.expectations.expectation import (
    ColumnMapExpectation,
    ColumnPairMapExpectation,
    Expectation,
    MulticolumnMapExpectation,
)

from klynge.messages import Message, restored, stored

#: The entry of an expectation's ``meta`` that has the rule as a message.
RULE = "rule"
#: The team that decides what to do when a check fails, as in :mod:`orchestration.owners`.
OWNERS = SECRETARIAT, AUDIT, ANALYSIS, WAREHOUSE = "secretariat", "audit", "analysis", "warehouse"


def about(check_id: str, owner: str) -> dict[str, str]:
    """Make the ``meta`` of an expectation: the owner, and the id under which results are kept."""
    return {"check_id": check_id, "owner": owner}


def build_suite(
    table: str, expectations: Sequence[Expectation], keys: Sequence[str] = ()
) -> gx.ExpectationSuite:
    """Build the suite of a table.

    ``keys`` are the columns with which a typed expectation identifies a failing row.
    If a rule has translations, the expectation's ``meta`` keeps it as a message, because a
    checkpoint keeps only the English text of the description.
    """
    for expectation in expectations:
        if isinstance(expectation.description, Message):
            rule = {RULE: stored(expectation.description)}
            expectation.meta = {**(expectation.meta or {}), **rule}
    return gx.ExpectationSuite(name=table, expectations=expectations, meta={"keys": list(keys)})


def rule_of(expectation: Expectation) -> str:
    """The rule of a check in one sentence. It is a message if it has translations."""
    rule = (expectation.meta or {}).get(RULE)
    return restored(rule) if rule else expectation.description or ""


def check_id(expectation: Expectation) -> str:
    """The id of a check: the id in its ``meta``, or else its class name in snake case."""
    return str((expectation.meta or {}).get("check_id") or expectation.expectation_type)


def require_unique_ids(suites: Iterable[gx.ExpectationSuite]) -> None:
    """Raise :class:`ValueError` if two checks have the same id, because results are kept by id."""
    times = Counter(check_id(e) for suite in suites for e in suite.expectations)
    if repeated := [name for name, count in times.items() if count > 1]:
        raise ValueError(f"check ids must be unique; declared twice: {', '.join(repeated)}")


def core_type(expectation: Expectation) -> type[Expectation]:
    """Find Great Expectations' own class among the classes of an expectation."""
    return next(
        kind
        for kind in type(expectation).__mro__
        if kind.__module__.startswith("great_expectations.")
    )


def judges_rows(expectation: Expectation) -> bool:
    """Whether an expectation checks single rows instead of the table as a whole."""
    return isinstance(
        expectation,
        ColumnMapExpectation
        | ColumnPairMapExpectation
        | MulticolumnMapExpectation
        | UnexpectedRowsExpectation,
    )

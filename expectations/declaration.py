"""What this project adds to Great Expectations' declarations: check ids, owners and keys.

A suite has the name of the table it judges, ``schema.table``. The project's own rules are
subclasses of ``UnexpectedRowsExpectation``: the query returns the rows that break the rule, the
columns that identify a row first. Great Expectations replaces ``{batch}`` by a sub-query, and gives
it an alias of its own unless the query has a join. A condition that is null returns no row, so a
rule over columns that can be null ends in ``is not true`` or ``is distinct from``.

Great Expectations turns the bounds of its typed expectations into binary floats, and cannot tell
99999999999999.999999 from 99999999999999.999998. So rules over exact money are SQL.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

import great_expectations as gx
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity

#: Who decides what to do when a check fails.
SECRETARIAT, AUDITOR, ANALYST, ENGINEER = "secretariat", "auditor", "analyst", "engineer"


def build_suite(
    table: str,
    expectations: Sequence[Expectation],
    *,
    owner: str,
    keys: Sequence[str] = (),
    severity: FailureSeverity = FailureSeverity.CRITICAL,
) -> gx.ExpectationSuite:
    """Build the suite of a table.

    ``keys`` are the columns by which Great Expectations' typed expectations list a failing row. A
    critical failure stops a release, and a warning waits for somebody's decision.
    """
    for expectation in expectations:
        expectation.meta = {**(expectation.meta or {}), "owner": owner}
        expectation.severity = severity
    return gx.ExpectationSuite(name=table, expectations=expectations, meta={"keys": list(keys)})


def check_id(expectation: Expectation) -> str:
    """Return the id under which the results of a check are kept.

    It is the class name in snake case, such as ``scores_are_rounded_once``. A class that is used
    several times has an id in the ``meta`` of each instance.
    """
    return str((expectation.meta or {}).get("check_id") or expectation.expectation_type)


def require_unique_ids(suites: Iterable[gx.ExpectationSuite]) -> None:
    """Raise :class:`ValueError` if two checks have the same id, as results are kept by id."""
    times = Counter(check_id(e) for suite in suites for e in suite.expectations)
    if repeated := [name for name, count in times.items() if count > 1]:
        raise ValueError(f"check ids must be unique; declared twice: {', '.join(repeated)}")


def core_type(expectation: Expectation) -> type[Expectation]:
    """Return Great Expectations' own class that an expectation is, or is a subclass of."""
    return next(
        kind
        for kind in type(expectation).__mro__
        if kind.__module__.startswith("great_expectations.")
    )

"""The release gate: the checkpoint that a finished build must pass before it is published."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from pathlib import Path

import duckdb
from great_expectations.checkpoint import CheckpointResult
from great_expectations.core import ExpectationSuite
from great_expectations.expectations.expectation import Expectation

from expectations.checkpoint import run_checkpoint
from expectations.declaration import WAREHOUSE, build_suite, check_id, require_unique_ids
from expectations.metric_sums import write_metric_sums
from expectations.results import describe
from expectations.rules import read_rules
from expectations.suites import (
    audit,
    evaluation,
    lineage,
    published_figures,
    quality_history,
    row_counts,
    star,
    submitted,
)
from klynge.errors import GateRefusedError
from klynge.home import Home
from klynge.metrics.declarations import Catalogue
from klynge.quality import CheckResult
from klynge.raw_zone import Load
from klynge.releases import continuity
from klynge.releases.continuity import Continuity
from klynge.releases.shrinkage import HINT, compares_releases
from klynge.warehouse.column_lineage import COLUMNS, MART

_SUBJECTS = (
    published_figures,
    evaluation,
    submitted,
    star,
    audit,
    lineage,
    quality_history,
    row_counts,
)
#: The columns that identify a row of a table. Typed expectations that check single rows need them.
_KEYS = {
    evaluation.ATTENDANCE: ("figure_id", "organisation_id", "activity_type_id"),
    MART: COLUMNS,
    quality_history.TABLE: quality_history.GRAIN,
}


def gate_suites() -> list[ExpectationSuite]:
    """Build the suites of the gate, one for each table, named ``schema.table``.

    Raises :class:`ValueError` if two checks have the same id.
    """
    suites = [
        build_suite(table, expectations, keys=_KEYS.get(table, ()))
        for table, expectations in sorted(_by_table().items())
    ]
    require_unique_ids(suites)
    return suites


def _by_table() -> dict[str, list[Expectation]]:
    """All expectations by the table that they check."""
    tables = defaultdict(list)
    for table, expectation in chain(read_rules(), *(s.expectations() for s in _SUBJECTS)):
        tables[table].append(expectation)
    return tables


def compare_with_current(home: Home, loads: Sequence[Load], ledger: Iterable[Load]) -> Continuity:
    """Compare a build from ``loads`` with the current release, for :func:`run_gate`."""
    return continuity.compare_with_current(
        home, loads, ledger, facts=row_counts.FACTS, marts=row_counts.MARTS
    )


def run_gate(
    database: Path,
    metrics: Catalogue,
    former: Continuity | None = None,
    check_ids: Collection[str] | None = None,
) -> CheckpointResult:
    """Validate a build with all checks, or only with the checks in ``check_ids``.

    ``metrics`` are the declared metrics; their answers are compared with plain sums over the star.
    ``former`` is the comparison with the current release. If it is empty, no release is compared.
    The tables of both comparisons are in the build only while the checks run.
    """
    suites = gate_suites()
    if check_ids is not None:
        for suite in suites:
            suite.expectations = [e for e in suite.expectations if check_id(e) in check_ids]
    with duckdb.connect(str(database)) as connection:
        continuity.write_comparison(connection, former or Continuity())
        write_metric_sums(connection, metrics, star.FACTS)
    try:
        return run_checkpoint(database, "gate", [suite for suite in suites if suite.expectations])
    finally:
        with duckdb.connect(str(database)) as connection:
            continuity.drop_comparison(connection)


def is_business_rule(check_id: str) -> bool:
    """Whether a check is about figures and not about the warehouse itself.

    If submitted rows break a rule about figures, their load is set aside. A check that compares
    releases must stop the run, and so must a check that the warehouse's own team owns.
    """
    meta = _find(check_id)[1].meta or {}
    return meta["owner"] != WAREHOUSE and not meta.get("compares_releases")


def read_failing_rows(database: Path, check_id: str) -> list[dict[str, object]]:
    """Read all rows that break a rule in SQL, with their types. Other checks give no rows."""
    table, expectation = _find(check_id)
    query = getattr(expectation, "unexpected_rows_query", None)
    if query is None:
        return []
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(query.replace("{batch}", table))
        names = [described[0] for described in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _find(check: str) -> tuple[str, Expectation]:
    """Find the table and the expectation of a check."""
    return next(
        (table, expectation)
        for table, expectations in _by_table().items()
        for expectation in expectations
        if check_id(expectation) == check
    )


def require_sound_history(database: Path) -> None:
    """Check the quality history of a build, to which the results of its own run were added.

    Raises :class:`GateRefusedError` if a check fails.
    """
    suites = [suite for suite in gate_suites() if suite.name == quality_history.TABLE]
    require_passed(describe(run_checkpoint(database, "quality_history", suites)))


def require_passed(results: Iterable[CheckResult]) -> None:
    """If any check failed, raise :class:`GateRefusedError` with the failing rows."""
    failed = [result for result in results if not result.passed]
    if failed:
        lines = [f"{len(failed)} check(s) failed, nothing was published", *map(str, failed)]
        if any(compares_releases(result.check_id) for result in failed):
            lines.append(str(HINT))
        raise GateRefusedError("\n".join(lines))

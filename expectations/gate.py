"""The release gate: the checkpoint that a finished build must pass before it is published."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import chain
from pathlib import Path

from great_expectations.checkpoint import CheckpointResult
from great_expectations.core import ExpectationSuite
from great_expectations.expectations.expectation import Expectation

from expectations.checkpoint import run_checkpoint
from expectations.declaration import build_suite, check_id, require_unique_ids
from expectations.results import describe
from expectations.rules import read_rules
from expectations.suites import (
    audit,
    evaluation,
    lineage,
    published_figures,
    quality_history,
    row_counts,
    submitted,
)
from klynge.errors import GateRefusedError
from klynge.quality import CheckResult
from klynge.warehouse.column_lineage import COLUMNS, MART

_SUBJECTS = (
    published_figures,
    evaluation,
    submitted,
    audit,
    lineage,
    quality_history,
    row_counts,
)
#: The columns that identify a row, for tables with typed expectations that check single rows.
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


def run_gate(
    database: Path,
    former_rows: Mapping[str, int] | None = None,
    check_ids: Collection[str] | None = None,
) -> CheckpointResult:
    """Validate a build with all checks, or only with the checks of some ids.

    ``former_rows`` maps ``schema.table`` to the row count in the current release: a table that must
    not shrink needs at least as many rows. It needs only one row if its former count is unknown.
    """
    suites = gate_suites()
    if check_ids is not None:
        for suite in suites:
            suite.expectations = [e for e in suite.expectations if check_id(e) in check_ids]
    return run_checkpoint(
        database,
        "gate",
        [suite for suite in suites if suite.expectations],
        row_counts.parameters(former_rows or {}),
    )


def require_sound_history(database: Path) -> None:
    """Check the quality history of a build, after the results of its own run were added.

    Raises :class:`GateRefusedError` if a check fails.
    """
    suites = [suite for suite in gate_suites() if suite.name == quality_history.TABLE]
    require_passed(describe(run_checkpoint(database, "quality_history", suites)))


def require_passed(results: Iterable[CheckResult]) -> None:
    """Raise :class:`GateRefusedError`, with the failing rows, if any check failed."""
    failed = [result for result in results if not result.passed]
    if failed:
        raise GateRefusedError(
            "\n".join([f"{len(failed)} check(s) failed, nothing was published", *map(str, failed)])
        )

"""The release gate: the checkpoint that a finished build must pass before it is published."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from great_expectations.checkpoint import CheckpointResult
from great_expectations.core import ExpectationSuite

from expectations.checkpoint import run_checkpoint
from expectations.declaration import ANALYST, build_suite, require_unique_ids
from expectations.results import describe
from expectations.suites import (
    allocation,
    audit,
    call,
    evaluation,
    lineage,
    published_figures,
    quality_history,
    reconciliation,
    row_counts,
    scores,
    submitted,
)
from klynge.errors import GateRefusedError
from klynge.quality import CheckResult

_SUBJECTS = (
    published_figures,
    call,
    scores,
    allocation,
    reconciliation,
    evaluation,
    submitted,
    audit,
    lineage,
    quality_history,
)


def gate_suites() -> list[ExpectationSuite]:
    """Build the suites of the gate, one for each table, named ``schema.table``.

    Raises :class:`ValueError` if two checks have the same id.
    """
    suites = {suite.name: suite for subject in _SUBJECTS for suite in subject.suites()}
    for table in row_counts.WATCHED_TABLES:
        suite = suites.setdefault(table, build_suite(table, [], owner=ANALYST))
        suite.expectations.append(row_counts.row_count_check(table))
    require_unique_ids(suites.values())
    return list(suites.values())


def run_gate(database: Path, former_rows: Mapping[str, int] | None = None) -> CheckpointResult:
    """Validate all suites on a build.

    ``former_rows`` are the row counts of the current release by ``schema.table``. Without them a
    table that must not shrink needs one row.
    """
    return run_checkpoint(database, "gate", gate_suites(), row_counts.parameters(former_rows or {}))


def require_sound_history(database: Path) -> None:
    """Judge the quality history of a build to which the results of its own run were added.

    Raises :class:`GateRefusedError` if a check fails.
    """
    judged = run_checkpoint(database, "quality_history", list(quality_history.suites()))
    require_passed(describe(judged))


def require_passed(results: Iterable[CheckResult]) -> None:
    """Raise :class:`GateRefusedError`, with the failing rows, if any check failed."""
    failed = [result for result in results if not result.passed]
    if failed:
        raise GateRefusedError(
            "\n".join([f"{len(failed)} check(s) failed, nothing was published", *map(str, failed)])
        )

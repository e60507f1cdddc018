"""The release gate: what must be true of a finished build before it is published."""

from collections.abc import Iterable, Mapping

from expectations.check import Check
from expectations.suites import (
    allocation,
    audit,
    call,
    figures,
    marts,
    reconciliation,
    scores,
    shown,
    submitted,
)
from klynge.errors import GateRefusedError
from klynge.quality import CheckResult


def gate_suites(former_rows: Mapping[str, int] | None = None) -> dict[str, list[Check]]:
    """The suites a build has to pass, one for each subject, in the order they are judged.

    ``former_rows`` are the row counts of the current release by ``schema.table``; without them the
    checks against shrinking ask only that there are rows.
    """
    return {
        "figures": list(figures.checks(former_rows)),
        "shown": list(shown.checks()),
        "marts": list(marts.checks()),
        "call": list(call.checks()),
        "scores": list(scores.checks()),
        "allocation": list(allocation.checks()),
        "reconciliation": list(reconciliation.checks()),
        "submitted": list(submitted.checks()),
        "audit": list(audit.checks()),
    }


def gate_checks(former_rows: Mapping[str, int] | None = None) -> list[Check]:
    """Every check of every suite."""
    return [check for checks in gate_suites(former_rows).values() for check in checks]


def require_passed(results: Iterable[CheckResult]) -> None:
    """Raise :class:`GateRefusedError`, naming the failing rows, if any check failed."""
    failed = [result for result in results if not result.passed]
    if failed:
        raise GateRefusedError(
            "\n".join([f"{len(failed)} check(s) failed, nothing was published", *map(str, failed)])
        )

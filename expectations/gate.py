"""The release gate: what must be true of a finished build before it is published."""

from collections.abc import Iterable, Mapping

from expectations.check import Check
from expectations.result import CheckResult
from expectations.suites import accounts, call, figures, funding, participation
from klynge.errors import GateRefusedError


def gate_checks(former_rows: Mapping[str, int] | None = None) -> list[Check]:
    """Every check a build has to pass, in the order they are made.

    ``former_rows`` are the row counts of the current release by ``schema.table``; without them the
    checks against shrinking ask only that there are rows.
    """
    return [
        *figures.checks(former_rows),
        *accounts.checks(),
        *funding.checks(),
        *participation.checks(),
        *call.checks(),
    ]


def require_passed(results: Iterable[CheckResult]) -> None:
    """Raise :class:`GateRefusedError`, naming the failing rows, if any check failed."""
    failed = [result for result in results if not result.passed]
    if failed:
        raise GateRefusedError(
            "\n".join([f"{len(failed)} check(s) failed, nothing was published", *map(str, failed)])
        )

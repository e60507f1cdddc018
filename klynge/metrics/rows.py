"""The rows of an answer, with the numbers of reporters that are due and that have reported."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

import duckdb

from klynge.metrics.declarations import ORGANISATION
from klynge.metrics.questions import Question
from klynge.metrics.sql import SO_FAR

#: Completeness of a row, from the least complete to the most.
_COMPLETENESS = ("partial", "rows_refused", "printed", "complete")
#: Completeness of a row for which some reports are missing.
PARTIAL = "partial"
#: The mart with the number of reporters, and its rows about the whole country.
_REPORTING, _COUNTRY = "evaluation.mart_reporting", ("denmark", "reported_so_far")


@dataclass(frozen=True)
class Row:
    """One row of an answer.

    ``keys`` are the keys of the grouped dimensions. ``value`` is null if it is withheld or if the
    denominator of a ratio is zero. ``operands`` are the two values of a ratio or of a difference.
    ``reporters`` are the number of reporters that have reported, and the number that are due.
    """

    keys: tuple[str, ...]
    value: Decimal | int | None
    operands: tuple[Decimal | int, ...] = ()
    bases: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    completeness: str | None = None
    reporters: tuple[int, int] | None = None
    is_withheld: bool = False
    figure_ids: tuple[str, ...] = ()


def least_complete(states: Iterable[str | None]) -> str | None:
    """The completeness of a row that is computed from rows with these completenesses."""
    known = [state for state in states if state is not None]
    return min(known, key=_rank, default=None)


def _rank(state: str) -> int:
    return _COMPLETENESS.index(state) if state in _COMPLETENESS else 0


def add_reporters(
    connection: duckdb.DuckDBPyConnection, question: Question, rows: Iterable[Row]
) -> Iterator[Row]:
    """Add the number of reporters to each partial row that does not have it."""
    for row in rows:
        if row.completeness != PARTIAL or row.reporters or len(row.periods) != 1:
            yield row
        else:
            yield replace(row, reporters=_count_reporters(connection, question, row))


def _count_reporters(
    connection: duckdb.DuckDBPyConnection, question: Question, row: Row
) -> tuple[int, int] | None:
    organisations = question.where.get(ORGANISATION, _COUNTRY)
    if ORGANISATION in question.by:
        organisations = (row.keys[question.by.index(ORGANISATION)],)
    found = connection.execute(
        f"select sum(reporters_in), sum(reporters_due) from {_REPORTING} "
        "where figure_group = $report and basis = $basis and period_id = $period "
        "and list_contains($organisations, organisation_id)",
        {
            "report": question.metric.report,
            "basis": row.bases[0],
            "period": row.periods[0].removesuffix(SO_FAR),
            "organisations": list(organisations),
        },
    ).fetchone()
    return (int(found[0]), int(found[1])) if found and found[1] else None

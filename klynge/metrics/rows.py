"""The rows of an answer, and the completeness of the reports behind each row."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

import duckdb

from klynge.metrics.declarations import (
    COMPLETENESS,
    COUNTRY,
    FIGURE,
    ORGANISATION,
    SO_FAR,
    Metric,
)
from klynge.metrics.questions import Question

#: The states of completeness, from the least complete to the most complete.
_COMPLETENESS = ("partial", "rows_refused", "printed", "complete")
#: The completeness of a row for which some reports are missing.
PARTIAL = "partial"
#: The completeness of a row from printed figures.
PRINTED = "printed"
#: The basis of printed figures.
PUBLISHED = "published"
#: The mart of completeness, and the organisation keys of its rows about the whole country.
_REPORTING, _COUNTRY = "evaluation.mart_reporting", (COUNTRY, "reported_so_far")
#: The reference data with the datasets of each figure group.
_GROUPS = "reference.figure_groups"


@dataclass(frozen=True)
class Row:
    """One row of an answer.

    ``keys`` are the keys of the grouped dimensions. ``value`` is null if it is withheld or if the
    denominator of a ratio is zero. ``operands`` are the two values of a ratio or of a difference,
    and ``operand_periods`` are the periods of each. ``calls`` are the calls that are added up.
    ``figure_ids`` are printed figures from which the row is computed, and ``printed_figures`` are
    those that are its very number. ``reporters`` are the number of reporters that have reported,
    and the number that are due. ``rows_refused`` is the number of refused rows in the files behind
    the row, and ``refused_amount_kr`` is the amount on these refused rows; each is null if it is
    not known. If
    the row is about chosen organisations, these three fields count only those organisations;
    otherwise they count the whole country.
    """

    keys: tuple[str, ...]
    value: Decimal | int | None
    operands: tuple[Decimal | int, ...] = ()
    bases: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    operand_periods: tuple[tuple[str, ...], ...] = ()
    calls: tuple[str, ...] = ()
    completeness: str | None = None
    reporters: tuple[int, int] | None = None
    rows_refused: int | None = None
    refused_amount_kr: Decimal | None = None
    is_withheld: bool = False
    figure_ids: tuple[str, ...] = ()
    printed_figures: tuple[str, ...] = ()


def is_computed(row: Row) -> bool:
    """Whether a published value is computed from printed figures and printed nowhere itself."""
    return PUBLISHED in row.bases and row.value is not None and not row.printed_figures


def least_complete(states: Iterable[str | None]) -> str | None:
    """Return the least complete of the states; None if no state is known."""
    known = [state for state in states if state is not None]
    return min(known, key=_rank, default=None)


def _rank(state: str) -> int:
    return _COMPLETENESS.index(state) if state in _COMPLETENESS else 0


@dataclass(frozen=True)
class _Report:
    """How many reporters have reported one figure group, and how many of its rows were refused."""

    group: str
    reporters: tuple[int, int]
    rows_refused: int
    refused_amount_kr: Decimal | None
    completeness: str | None


def add_reporting(
    connection: duckdb.DuckDBPyConnection,
    question: Question,
    operands: Iterable[Metric],
    rows: Iterable[Row],
) -> Iterator[Row]:
    """Add to each row the completeness of the reports from which it is computed.

    A figure's row in a mart already has its completeness. The exception is a mart that repeats the
    country's figure on each organisation's row, because the completeness on such a row is the
    country's.
    """
    groups = sorted({one.report for one in operands if one.report})
    counted = _without_contained(connection, groups) if len(groups) > 1 else groups
    says_it_itself = question.metric.kind == FIGURE and question.metric.whole is None
    for row in rows:
        organisations = _organisations(question, row)
        reports = []
        if not says_it_itself:
            reports = _read_reports(connection, groups, row, organisations)
        if reports:
            refused = [report for report in reports if report.group in counted]
            yield _add_reports(question, _add_refused(row, refused), reports, organisations)
        else:
            yield row


def count_reporters(
    connection: duckdb.DuckDBPyConnection, metric: Metric, period: str
) -> tuple[int, int] | None:
    """Return how many reporters have reported a period, and how many are due."""
    reported = Row(keys=(), value=None, bases=("reported",), periods=(period,))
    reports = _read_reports(connection, [metric.report or ""], reported, _COUNTRY)
    return reports[0].reporters if reports else None


def read_reporters_due(
    connection: duckdb.DuckDBPyConnection, question: Question, rows: Iterable[Row]
) -> set[str]:
    """The organisations that report the figures of a metric in the periods of the rows.

    Whole programme periods count as well, because the release knows who reports in them even if
    nobody reported their years to it.
    """
    years = {year for row in rows for period in row.periods for year in _years(period)}
    found = connection.execute(
        f"select distinct organisation_id, period_id from {_REPORTING} where figure_group = $group "
        "and basis = 'reported' and not list_contains($country, organisation_id)",
        {"group": question.metric.report or "", "country": list(_COUNTRY)},
    ).fetchall()
    return {organisation for organisation, period in found if years and years <= {*_years(period)}}


def _years(period: str) -> range:
    years = [int(year) for year in re.findall(r"\d{4}", period)]
    return range(years[0], years[-1] + 1) if years else range(0)


def read_lacking(
    connection: duckdb.DuckDBPyConnection, question: Question, rows: Iterable[Row]
) -> tuple[tuple[int, int], ...]:
    """Return how many reporters have reported and how many are due, for incomplete periods.

    An answer by organisation has no row for an organisation that has not reported, so its numbers
    are read for the whole country.
    """
    by, where = question.by, question.where
    if ORGANISATION in by and ORGANISATION not in where and question.metric.report:
        periods = {(row.bases, row.periods): replace(row, keys=()) for row in rows}.values()
        counts = [
            report.reporters
            for row in periods
            for report in _read_reports(connection, [question.metric.report], row, _COUNTRY)
        ]
    else:
        counts = [row.reporters for row in rows if row.reporters]
    return tuple(sorted({count for count in counts if count[0] < count[1]}))


def _organisations(question: Question, row: Row) -> tuple[str, ...]:
    """The organisations that a row is about; the keys of the whole country if none is chosen."""
    if ORGANISATION in question.by:
        return (row.keys[question.by.index(ORGANISATION)],)
    return question.where.get(ORGANISATION, _COUNTRY)


def _add_reports(
    question: Question, row: Row, reports: list[_Report], organisations: tuple[str, ...]
) -> Row:
    is_country = organisations == _COUNTRY
    completeness, reporters = row.completeness, row.reporters
    # in a question by completeness, the completeness is that of the whole period
    if not is_country and COMPLETENESS in (*question.by, *question.where):
        return row
    if not is_country:
        completeness = least_complete(one.completeness for one in reports)
    if len(row.periods) == 1 and (completeness == PARTIAL or not is_country):
        reporters = min(one.reporters for one in reports)
    return replace(row, completeness=completeness, reporters=reporters)


def _add_refused(row: Row, reports: list[_Report]) -> Row:
    amounts = [one.refused_amount_kr for one in reports if one.refused_amount_kr is not None]
    return replace(
        row,
        rows_refused=sum(one.rows_refused for one in reports),
        refused_amount_kr=sum(amounts, Decimal(0)) if amounts else None,
    )


def _without_contained(connection: duckdb.DuckDBPyConnection, groups: list[str]) -> list[str]:
    """Leave out each figure group whose datasets are all part of a larger group in the list.

    Otherwise the refused rows of these datasets would be counted twice.
    """
    datasets: dict[str, set[str]] = {group: set() for group in groups}
    for group, dataset in connection.execute(
        f"select figure_group, dataset from {_GROUPS} where list_contains($groups, figure_group)",
        {"groups": groups},
    ).fetchall():
        datasets[group].add(dataset)
    return [
        group for group in groups if not any(datasets[group] < datasets[other] for other in groups)
    ]


def _read_reports(
    connection: duckdb.DuckDBPyConnection,
    groups: list[str],
    row: Row,
    organisations: tuple[str, ...],
) -> list[_Report]:
    """Read the reports behind a row, by figure group; a group without due reports is left out."""
    found = connection.execute(
        "select figure_group, sum(reporters_in), sum(reporters_due), sum(rows_refused), "
        f"sum(refused_amount_kr), list(distinct completeness) from {_REPORTING} "
        "where list_contains($groups, figure_group) and list_contains($bases, basis) "
        "and list_contains($periods, period_id) and list_contains($organisations, organisation_id) "
        "group by figure_group order by figure_group",
        {
            "groups": groups,
            "bases": list(row.bases),
            "periods": [period.removesuffix(SO_FAR) for period in row.periods],
            "organisations": list(organisations),
        },
    ).fetchall()
    return [
        _Report(group, (int(reported), int(due)), int(refused), amount, least_complete(states))
        for group, reported, due, refused, amount, states in found
        if due
    ]

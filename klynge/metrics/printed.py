"""The printed figures behind an answer, and the findings that name them.

A published value is printed only if a printed figure is this very number. Otherwise, it is computed
from printed figures.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import duckdb

from klynge.metrics.declarations import COUNTRY, Catalogue, Metric
from klynge.metrics.questions import Question
from klynge.metrics.rows import PUBLISHED, Row
from klynge.metrics.sql import quote

#: The tables with all printed figures, and with the findings that name them.
FIGURES, FINDINGS = "core.fct_published_figures", "audit.mart_figure_findings"
#: The mart with printed shares of organisations.
_SHARES = "evaluation.mart_cluster_overview"
#: Dimensions that a printed figure has in a column of its own.
_COLUMNS = ("organisation", "area", "grant_type", "activity_type")
#: The texts of cells without a number.
_NO_NUMBER = ("-", "–")
#: Keys of the figure of a whole dimension.
_WHOLE = (None, "total", "all", "both", COUNTRY)


@dataclass(frozen=True)
class Figure:
    """A printed figure: its key in each dimension, and its number in the unit of the metric.

    ``number`` is None for a cell without a number, and for money if the metric counts something
    else.
    """

    figure_id: str
    keys: Mapping[str, str | None]
    period: str | None
    is_target: bool
    number: Decimal | None
    printed_text: str | None

    def is_of(self, periods: Iterable[str]) -> bool:
        """Whether the figure is of one of the periods; a target is of the period's last year."""
        return any(
            one == self.period
            or (self.is_target and self.period is not None and one.endswith(self.period))
            for one in periods
        )


def read_figures(
    connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, metric: Metric
) -> list[Figure]:
    """The printed figures that a metric declares.

    The list is empty for a metric without such figures, and for a release without their table.
    """
    if not metric.printed:
        return []
    dimensions = catalogue.table(metric).dimensions
    columns = {name: dimensions[name].column for name in _COLUMNS if name in dimensions}
    breakdown = metric.printed.get("breakdown")
    renamed = f", breakdown as {quote(dimensions[breakdown].column)}" if breakdown else ""
    if breakdown:
        columns[breakdown] = dimensions[breakdown].column
    number = "amount_kr" if metric.unit == "kr" else "if(amount_kr is null, value, null)"
    keys = "".join(f", {quote(column)}" for column in columns.values())
    found = _fetch(
        connection,
        f"select figure_id, period_id, statistic = 'target', {number}, "
        f"printed_text{keys} "
        f"from (select *{renamed} from {FIGURES}) where list_contains($indicators, indicator_id) "
        f"and statistic in ('level', 'target', 'label') and ({metric.condition or 'true'})",
        {"indicators": metric.printed["indicators"]},
    )
    return [
        Figure(figure_id, dict(zip(columns, values, strict=True)), period, target, number, text)
        for figure_id, period, target, number, text, *values in found
    ]


def add_printed(
    connection: duckdb.DuckDBPyConnection,
    question: Question,
    figures: Sequence[Figure],
    rows: Iterable[Row],
) -> Iterator[Row]:
    """Add to each published row the printed figures that are its very number."""
    rows = [*rows]
    named = {one for row in rows for one in row.figure_ids}
    numbers = {
        figure_id: (value, amount)
        for figure_id, value, amount in _fetch(
            connection,
            f"select figure_id, value, amount_kr from {FIGURES} "
            "where list_contains($named, figure_id)",
            {"named": sorted(named)},
        )
    }
    for row in rows:
        if row.bases != (PUBLISHED,) or row.value is None:
            yield row
            continue
        own = {one for one in row.figure_ids if row.value in numbers.get(one, ())}
        own |= {one.figure_id for one in _of_row(question, figures, row) if row.value == one.number}
        yield replace(row, printed_figures=tuple(sorted(own)))


def used_figures(
    question: Question, figures: Iterable[Figure], rows: Iterable[Row]
) -> tuple[str, ...]:
    """The printed figures behind the published rows of an answer."""
    published = [row for row in rows if PUBLISHED in row.bases]
    used = {one for row in published for one in (*row.figure_ids, *row.printed_figures)}
    if not any(row.figure_ids for row in published):
        periods = {period for row in published for period in _periods(row)}
        shown = {
            name: {*_WHOLE, *(row.keys[i] for row in published)}
            for i, name in enumerate(question.by)
        }
        used |= {
            one.figure_id
            for one in figures
            if one.is_of(periods)
            and all(
                key in question.where.get(name, (key,)) and key in shown.get(name, (key,))
                for name, key in one.keys.items()
            )
        }
    return tuple(sorted(used))


def cells_without_number(
    question: Question, figures: Iterable[Figure], rows: Iterable[Row], dimension: str
) -> set[str]:
    """The keys in a dimension of printed cells that say that there is no number."""
    periods = {period for row in rows if PUBLISHED in row.bases for period in _periods(row)}
    return {
        key
        for one in figures
        if one.printed_text in _NO_NUMBER
        and one.is_of(periods)
        and all(own in question.where.get(name, (own,)) for name, own in one.keys.items())
        and (key := one.keys.get(dimension)) is not None
    }


def read_findings(connection: duckdb.DuckDBPyConnection, figures: Sequence[str]) -> tuple[str, ...]:
    """The findings that name the figures; those that name most of them come first."""
    found = _fetch(
        connection,
        f"select finding_id from {FINDINGS} where list_contains($figures, figure_id) "
        "group by finding_id order by count(distinct figure_id) desc, finding_id",
        {"figures": list(figures)},
    )
    return tuple(finding for (finding,) in found)


def _of_row(question: Question, figures: Iterable[Figure], row: Row) -> list[Figure]:
    """The figures of a row's keys; in every other dimension, of the whole or of its only key."""
    fixed = {name: keys[0] for name, keys in question.where.items() if len(keys) == 1}
    fixed |= dict(zip(question.by, row.keys, strict=True))
    if len(row.periods) != 1:
        return []
    found = [
        one
        for one in figures
        if one.is_of(row.periods)
        and all(
            key == fixed[name] or (key in _WHOLE and fixed[name] in _WHOLE)
            for name, key in one.keys.items()
            if name in fixed
        )
    ]
    for name in {name for one in found for name in one.keys if name not in fixed}:
        whole = [one for one in found if one.keys[name] in _WHOLE]
        is_single = len({one.keys[name] for one in found}) == 1
        found = whole or (found if is_single else [])
    return found


def _periods(row: Row) -> tuple[str, ...]:
    return tuple(period for periods in row.operand_periods for period in periods) or row.periods


def _fetch(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, object]
) -> list[tuple[Any, ...]]:
    """The rows of a query; none for a release of an older version, which lacks the table."""
    try:
        return connection.execute(sql, dict(parameters)).fetchall()
    except duckdb.CatalogException:
        return []


def find_shares(
    connection: duckdb.DuckDBPyConnection, question: Question, organisations: Sequence[str]
) -> str | None:
    """Return a query for printed shares of organisations; None if no document prints them.

    A document can print an organisation's share of a number without the number itself.
    """
    indicators = (question.metric.printed or {}).get("indicators", ())
    if not organisations or not indicators:
        return None
    names = ", ".join(f"'{one}'" for one in indicators)
    condition = f"indicator_id in ({names}) and basis = '{PUBLISHED}'"
    found = _fetch(
        connection,
        f"select organisation_id from {_SHARES} where {condition} "
        "and share_percent is not null and list_contains($organisations, organisation_id)",
        {"organisations": [*organisations]},
    )
    return f"from {_SHARES} where {condition}" if found else None

"""The performance accounts 2014-2018: each indicator over the years, its change and average."""

from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup

from dashboard.charts.elements import Caption
from dashboard.charts.lines import draw_lines
from dashboard.charts.small_multiples import Multiple, draw_small_multiples
from dashboard.filters import choose
from dashboard.mart_sections import (
    MartRows,
    Texts,
    column_places,
    show_rows,
    spread,
    without_columns,
)
from dashboard.sections import Cell, Choice, Page, Section, Table
from dashboard.table_charts import series_of, write_number
from dashboard.view import View
from klynge.messages import message

MART = "evaluation.mart_performance_development"
_YEARS = message(
    "A point for each year. A hollow point is a figure whose year the print leaves open."
)


def build(view: View) -> Page:
    """Return the page of the performance accounts."""
    language = view.language.value
    indicators = view.connection.execute(
        f"select distinct indicator_id, indicator_label_{language} from {MART} order by 2"
    ).fetchall()
    indicator = choose(view, "indicator", message("Indicator"), indicators)
    return Page(
        title=view.text(message("Performance account 2014–2018")),
        lead=view.text(
            message(
                "All clusters and innovation networks together, as the account of 2018 prints "
                "them. Their number fell from year to year, so a fall can mean fewer clusters: "
                "see the average per cluster. The figures cannot be compared with those from 2021."
            )
        ),
        choices=(indicator,),
        sections=(
            _all_indicators(view, indicators),
            _one_indicator(view, indicator),
            _all_values(view),
        ),
    )


def _one_indicator(view: View, indicator: Choice) -> Section:
    unit = view.connection.execute(
        f"select any_value(unit.label_{view.language.value}) from {MART} "
        "inner join core.dim_unit as unit using (unit) where indicator_id = $indicator",
        {"indicator": indicator.chosen},
    ).fetchone()
    title = message(
        "{indicator}, 2014-2018 ({unit})",
        indicator=dict(indicator.options)[indicator.chosen],
        unit=(unit and unit[0]) or "",
    )

    def draw(table: Table) -> Markup:
        return draw_lines(
            Caption("indicator", view.text(title), view.text(_YEARS)),
            series_of(table, f"breakdown_label_{view.language.value}", "year", "value"),
            write_number(view),
        )

    return show_rows(
        view,
        Texts(
            "indicator",
            title,
            notes=(
                _YEARS,
                message(
                    "The average per cluster divides by the number of clusters of the year. The "
                    "index is 100 in its base year."
                ),
            ),
        ),
        MartRows(
            MART,
            (
                f"breakdown_label_{view.language.value}",
                "year",
                "value",
                "change",
                "change_unit",
                "index_value",
                "clusters",
                "average_per_cluster",
                "printed_average_per_cluster",
                "placement",
            ),
            {"basis": "published", "indicator_id": indicator.chosen},
            ("row_kind", "breakdown", "year"),
        ),
        draw=draw,
    )


def _all_indicators(view: View, indicators: list[tuple[str, str]]) -> Section:
    """Return a small chart for each indicator, each with its own scale."""
    table = MartRows(
        MART,
        (
            "indicator_id",
            f"breakdown_label_{view.language.value}",
            "year",
            "value",
            "unit",
            "placement",
            "row_kind",
        ),
        {"basis": "published", "row_kind": ["leaf", "total"]},
        ("indicator_id", "breakdown", "year"),
    ).read(view)
    places = column_places(table)
    multiples = []
    for indicator_id, name in indicators:
        rows = [row for row in table.rows if row[places["indicator_id"]].value == indicator_id]
        totals = [row for row in rows if row[places["row_kind"]].value == "total"]
        # a total says what its parts say together; an indicator without one shows its parts
        rows = totals or rows
        if rows:
            multiples.append(
                Multiple(
                    f"i_{indicator_id}",
                    name,
                    rows[0][places["unit"]].text,
                    series_of(
                        Table(table.columns, [_without_links(row) for row in rows]),
                        f"breakdown_label_{view.language.value}",
                        "year",
                        "value",
                    ),
                    view.address("/performanceregnskab", indicator=indicator_id) + "#indicator",
                )
            )
    return Section(
        id="indicators",
        title=view.text(message("Each indicator over the years 2014-2018")),
        lead=view.text(
            message(
                "Each chart has its own scale from zero: compare the shapes, and not the heights."
            )
        ),
        chart=draw_small_multiples(multiples, view.text(_YEARS), write_number(view)),
        source=view.text(message("Performance account 2018")),
        basis=view.text(message("printed in a document")),
    )


def _without_links(row: Sequence[Cell]) -> list[Cell]:
    return [replace(cell, href=None) for cell in row]


def _all_values(view: View) -> Section:
    language = view.language.value
    return show_rows(
        view,
        Texts("values", message("The values of all indicators, 2014-2018")),
        MartRows(
            MART,
            (
                f"indicator_label_{language}",
                f"breakdown_label_{language}",
                "row_kind",
                "unit",
                "year",
                "value",
            ),
            {"basis": "published"},
            (f"indicator_label_{language}", "row_kind", "breakdown", "year"),
        ),
        shape=lambda table: spread(without_columns(table, "row_kind"), "year", "value"),
    )

"""Where the money comes from: 2014-2018 and from 2021, which are counted otherwise."""

from collections.abc import Mapping
from dataclasses import replace

from markupsafe import Markup

from dashboard.charts.elements import Caption
from dashboard.charts.lines import draw_lines
from dashboard.filters import choose_basis, choose_period, in_period, name_period
from dashboard.mart_sections import (
    MartRows,
    Texts,
    column_places,
    link_organisations,
    show_rows,
    spread,
    without_columns,
)
from dashboard.sections import Page, Section, Table
from dashboard.table_charts import bars_of, series_of, stacks_of, write_millions
from dashboard.view import View
from klynge.messages import message

ACCOUNTS, MIX = "evaluation.mart_accounts_funding", "evaluation.mart_funding_mix"


def build(view: View) -> Page:
    """Return the page of funding."""
    basis = choose_basis(view, MIX)
    period = choose_period(view, basis.chosen, MIX)
    where = in_period(view, period, MIX, basis=basis.chosen)
    return Page(
        title=view.text(message("Funding")),
        lead=view.text(
            message(
                "The money that the cluster organisations consumed, by source. The accounts of "
                "2014-2018 and the statistics from 2021 have other organisations, other sources "
                "and other rules. They stand beside each other here, and never in one line."
            )
        ),
        choices=(basis, period),
        sections=(
            _accounts(view),
            _accounts_totals(view),
            _national(view, where),
            _organisations(view, where),
        ),
    )


def _accounts(view: View) -> Section:
    title = message("Money consumed by source, 2014-2018 (kr.)")

    def draw(table: Table) -> Markup:
        places = column_places(table)
        leaves = [row for row in table.rows if row[places["row_kind"]].value == "leaf"]
        return draw_lines(
            Caption("accounts", view.text(title), view.text(_EACH_SOURCE)),
            series_of(Table(table.columns, leaves), "funding_source", "period_id", "amount_kr"),
            write_millions(view),
        )

    return show_rows(
        view,
        Texts(
            "accounts",
            title,
            notes=(
                message(
                    "All clusters and innovation networks together, as the performance accounts "
                    "print them. Contributions in kind are left out."
                ),
                message(
                    "Regions and municipalities are printed together until 2016. From 2017, they "
                    "are also printed apart, as parts of their sum; the parts are not drawn."
                ),
            ),
        ),
        MartRows(
            ACCOUNTS,
            ("funding_source", "row_kind", "period_id", "amount_kr"),
            {"basis": "published"},
            ("row_kind", "funding_source", "period_id"),
        ),
        shape=lambda table: without_columns(
            spread(_name_parts(view, table), "period_id", "amount_kr"), "row_kind"
        ),
        draw=draw,
    )


_EACH_SOURCE = message("A line for each source, over the years 2014 to 2018.")


def _name_parts(view: View, table: Table) -> Table:
    """Return the table with names that say which rows are parts of another row."""
    places = column_places(table)
    source, kind = places["funding_source"], places["row_kind"]
    return Table(
        table.columns,
        [
            [
                replace(cell, text=view.text(message("of these: {part}", part=cell.text)))
                if at == source and row[kind].value == "part"
                else cell
                for at, cell in enumerate(row)
            ]
            for row in table.rows
        ],
    )


def _accounts_totals(view: View) -> Section:
    """Return the sums beside the printed totals, of which the print has two."""
    return show_rows(
        view,
        Texts(
            "accounts_totals",
            message("Sum of the sources and printed total, 2014-2018 (kr.)"),
            message("The printed total of a year can differ from the sum of its printed sources."),
        ),
        MartRows(
            ACCOUNTS,
            ("period_id", "sum_of_sources_kr", "printed_total_kr", "is_series_break"),
            {"basis": "published", "funding_source": "companies"},
            ("period_id",),
        ),
    )


def _national(view: View, where: dict[str, str]) -> Section:
    title = message(
        "Money consumed by source, the whole country, {period} (kr.)", period=name_period(where)
    )
    note = message(
        "The cluster grant is gross. The other sources are net, in current prices. The print does "
        "not say whether the amounts of 2021-2023 include contributions in kind."
    )
    whole = {**where, "row_kind": "total"}
    return show_sources(view, Texts("national", title, notes=(note,)), whole)


def show_sources(view: View, texts: Texts, where: Mapping[str, str]) -> Section:
    """Return the money consumed by source, of the country or of one organisation."""
    about = view.text(message("A bar for each source."))
    return show_rows(
        view,
        texts,
        MartRows(
            MIX,
            (
                "funding_source",
                "gross_or_net",
                "amount_kr",
                "share_percent",
                "per_cluster_grant_krone",
                "completeness",
            ),
            where,
            ("funding_source",),
        ),
        draw=bars_of(
            Caption(texts.id, view.text(texts.title), about),
            ("funding_source",),
            "amount_kr",
            is_sample=where["basis"] == "sample",
        ),
    )


def _organisations(view: View, where: dict[str, str]) -> Section:
    title = message(
        "Each source's share of an organisation's money, {period} (per cent)",
        period=name_period(where),
    )
    return show_rows(
        view,
        Texts(
            "organisations",
            title,
            notes=(message("The parts of each bar are 100 per cent of its organisation's money."),),
        ),
        MartRows(
            MIX,
            ("organisation_id", "funding_source", "share_percent"),
            {**where, "row_kind": "leaf"},
            ("organisation_name", "funding_source"),
        ),
        shape=lambda table: link_organisations(
            view, spread(table, "funding_source", "share_percent")
        ),
        draw=stacks_of(
            Caption(
                "organisations",
                view.text(title),
                view.text(message("A bar for each organisation.")),
            ),
            "organisation_id",
            "funding_source",
            "share_percent",
            is_sample=where["basis"] == "sample",
        ),
    )

"""The cluster organisations beside each other, and a page for each."""

from collections.abc import Iterator, Mapping

from markupsafe import Markup

from dashboard.charts.bars import draw_bars
from dashboard.charts.elements import Caption
from dashboard.filters import choose, choose_basis, choose_period, in_period, name_period
from dashboard.mart_sections import (
    MartRows,
    Texts,
    column_places,
    link_organisations,
    name_basis,
    name_breakdowns,
    name_source,
    show_rows,
    spread,
    without_columns,
)
from dashboard.metric_tables import ask
from dashboard.pages.activities import (
    ABROAD,
    ATTENDANCE,
    COMPANIES,
    INSTITUTIONS,
    MIX,
    RETENTION,
    show_participants,
    show_types,
)
from dashboard.pages.funding import show_sources
from dashboard.sections import Choice, Page, Section, Table
from dashboard.table_charts import make_mark
from dashboard.view import View
from klynge.errors import InputError
from klynge.messages import message

OVERVIEW = "evaluation.mart_cluster_overview"
FUNDING, STAFF = "evaluation.mart_funding_mix", "evaluation.mart_staffing"
SCORES, AWARDS = "scores.mart_application_scores", "allocation.mart_awards"
TARGETS, REPORTING = "evaluation.mart_target_progress", "evaluation.mart_reporting"
_ORGANISATION_MARTS = (
    OVERVIEW, FUNDING, STAFF, MIX, ATTENDANCE, COMPANIES, INSTITUTIONS, ABROAD, RETENTION,
)  # fmt: skip


def build(view: View) -> Page:
    """Return the page of all cluster organisations."""
    basis = choose_basis(view, OVERVIEW)
    period = choose_period(view, basis.chosen, OVERVIEW)
    indicator = _choose_indicator(view)
    where = in_period(view, period, OVERVIEW, basis=basis.chosen)
    return Page(
        title=view.text(message("Clusters")),
        lead=view.text(
            message(
                "Each organisation's part of the programme. A member or a participant of several "
                "organisations counts for each of them, so these shares add up to more than 100 "
                "per cent. Choose an organisation in the table to see its own page."
            )
        ),
        choices=(basis, period, indicator),
        sections=(
            _compare(view, where, indicator, None),
            _all_indicators(view, where),
            _all_awards(view),
            _all_organisations(view),
        ),
    )


def _choose_indicator(view: View) -> Choice:
    """Let the reader choose an indicator; the name of a part of one says which part it is."""
    language = view.language.value
    rows = view.connection.execute(
        f"select distinct indicator_id, indicator_label_{language} || "
        f"if(breakdown = 'total', '', ', ' || lower(label_{language})) "
        f"from {OVERVIEW} left join core.dim_breakdown using (breakdown) order by 2"
    ).fetchall()
    return choose(view, "indicator", message("Indicator"), rows, "consumed_funding")


def _compare(view: View, where: Mapping[str, str], indicator: Choice, own: str | None) -> Section:
    """Return the shares of all organisations, with the organisation ``own`` emphasised."""
    name = dict(indicator.options)[indicator.chosen]
    title = message(
        "{indicator}: each organisation's share of the programme, {period} (per cent)",
        indicator=name,
        period=name_period(where),
    )

    def draw(table: Table) -> Markup:
        places = column_places(table)
        named = {
            row[places["organisation_id"]].value: row[places["organisation_id"]].text
            for row in table.rows
        }
        marks = [
            make_mark(
                row[places["organisation_id"]].text,
                row[places["share_percent"]],
                is_sample=where["basis"] == "sample",
            )
            for row in table.rows
        ]
        marks.sort(key=lambda mark: (mark.value is None, -(mark.value or 0)))
        return draw_bars(
            Caption(
                "compare", view.text(title), view.text(message("A bar for each organisation."))
            ),
            marks,
            named.get(own),
        )

    return show_rows(
        view,
        Texts("compare", title),
        MartRows(
            OVERVIEW,
            (
                "organisation_id",
                "share_percent",
                "implied_value",
                "national_total",
                "national_unit",
                "completeness",
            ),
            {**where, "indicator_id": indicator.chosen},
            ("share_percent desc", "organisation_id"),
        ),
        shape=lambda table: link_organisations(view, table),
        draw=draw,
    )


def _all_indicators(view: View, where: Mapping[str, str]) -> Section:
    return show_rows(
        view,
        Texts(
            "all_indicators",
            message(
                "Shares of the programme by indicator, {period} (per cent)",
                period=name_period(where),
            ),
        ),
        MartRows(
            OVERVIEW,
            ("organisation_id", "indicator_id", "breakdown", "share_percent"),
            where,
            ("organisation_name", "indicator_id"),
        ),
        shape=lambda table: link_organisations(
            view, spread(name_breakdowns(table), "indicator_id", "share_percent")
        ),
    )


def _all_awards(view: View) -> Section:
    return show_rows(
        view,
        Texts(
            "awards",
            message("Applied and recommended amounts of the printed call (kr.)"),
            message("The amounts are for both grants together, as the board paper prints them."),
        ),
        MartRows(
            AWARDS,
            ("organisation_id", "call_id", "applied_amount_kr", "recommended_amount_kr"),
            {"basis": "published"},
            ("organisation_name",),
        ),
        shape=lambda table: link_organisations(view, table),
    )


def _all_organisations(view: View) -> Section:
    return show_rows(
        view,
        Texts(
            "organisations",
            message("All cluster organisations of the release"),
            message(
                "Also those of the years before 2021, of which the documents print little more "
                "than names and certificates."
            ),
        ),
        MartRows(
            "core.dim_organisation",
            ("organisation_id", "short_name"),
            {"kind": "cluster_organisation"},
            ("name",),
        ),
        shape=lambda table: link_organisations(view, table),
    )


def build_organisation(view: View, organisation_id: str) -> Page:
    """Return the page of one cluster organisation. Raises InputError for an unknown one."""
    found = view.connection.execute(
        "select name, kind from core.dim_organisation where organisation_id = $id",
        {"id": organisation_id},
    ).fetchone()
    if found is None:
        raise InputError(
            message(
                "there is no organisation {name!r}: the page of clusters lists those that are "
                "known",
                name=organisation_id,
            )
        )
    basis = choose_basis(view, *_ORGANISATION_MARTS)
    period = choose_period(view, basis.chosen, *_ORGANISATION_MARTS)
    indicator = _choose_indicator(view)
    where = in_period(view, period, OVERVIEW, basis=basis.chosen)
    own = {"basis": basis.chosen, "organisation_id": organisation_id}
    return Page(
        title=str(found[0]),
        lead=view.text(
            message("The figures of one cluster organisation, and its place among the others.")
        ),
        choices=(basis, period, indicator),
        sections=(
            _own_shares(view, in_period(view, period, OVERVIEW, **own)),
            _compare(view, where, indicator, organisation_id),
            _own_funding(view, in_period(view, period, FUNDING, **own)),
            show_types(view, period, own),
            *show_participants(view, period, own),
            _own_members(view, own),
            _own_staff(view, own),
            *_own_applications(view, organisation_id),
            _own_certificates(view, organisation_id),
            _own_reports(view, organisation_id),
        ),
    )


def _own_shares(view: View, own: Mapping[str, str]) -> Section:
    return show_rows(
        view,
        Texts(
            "shares",
            message("Share of the programme, {period} (per cent)", period=name_period(own)),
            message("Members, participants, activities and money, as shares of the programme's."),
        ),
        MartRows(
            OVERVIEW,
            (
                "indicator_id",
                "breakdown",
                "share_percent",
                "implied_value",
                "national_total",
                "national_unit",
            ),
            own,
            ("indicator_id",),
        ),
        shape=name_breakdowns,
    )


def _own_funding(view: View, own: Mapping[str, str]) -> Section:
    title = message("Money consumed by source, {period} (kr.)", period=name_period(own))
    return show_sources(view, Texts("funding", title), own)


def _own_members(view: View, own: Mapping[str, str]) -> Section:
    answer = ask(
        view,
        "membership_years",
        by=("period", "member_type"),
        where={"organisation": [own["organisation_id"]]},
        basis=own["basis"],
    )
    return Section(
        id="members",
        title=view.text(message("Members by type and year (number)")),
        lead="" if answer.table else " ".join(answer.notes),
        table=answer.table,
        notes=answer.notes if answer.table else (),
        source=name_source(view, "bi.fact_memberships"),
        basis=name_basis(view, own),
    )


def _own_staff(view: View, own: Mapping[str, str]) -> Section:
    return show_rows(
        view,
        Texts(
            "staff",
            message("Staff of the secretariat by funder, all years (full-time equivalents)"),
        ),
        MartRows(
            STAFF,
            ("staff_funder", "period_id", "full_time_equivalents"),
            {name: own[name] for name in ("basis", "organisation_id")},
            ("staff_funder", "period_id"),
        ),
        shape=lambda table: spread(table, "period_id", "full_time_equivalents"),
    )


def _own_applications(view: View, organisation_id: str) -> Iterator[Section]:
    """Yield applications, awards and targets on each basis; the tables have a column for it."""
    own = {"organisation_id": organisation_id}
    yield show_rows(
        view,
        Texts(
            "applications",
            message("Applications and scores (points)"),
            notes=(message("A row with the basis sample is invented."),),
        ),
        MartRows(
            SCORES,
            (
                "call_id",
                "basis",
                "grant_type_id",
                "applied_amount_kr",
                "score",
                "mean_score_rounded",
                "area_rank",
                "minimum_met",
                "decided_outcome",
            ),
            own,
            ("basis", "call_id", "grant_type_id"),
        ),
    )
    yield show_rows(
        view,
        Texts("awards", message("Awards (kr.)")),
        MartRows(
            AWARDS,
            ("call_id", "basis", "grant_type_id", "applied_amount_kr", "recommended_amount_kr"),
            own,
            ("basis", "call_id", "grant_type_id"),
        ),
    )
    yield show_rows(
        view,
        Texts("targets", message("Targets and results")),
        MartRows(
            TARGETS,
            (
                "call_id",
                "basis",
                "indicator_id",
                "period_id",
                "accumulation",
                "target_value",
                "actual_value",
                "progress_percent",
                "completeness",
            ),
            own,
            ("basis", "indicator_id", "period_id"),
        ),
    )


def _own_certificates(view: View, organisation_id: str) -> Section:
    return show_rows(
        view,
        Texts("certificates", message("Certificates")),
        MartRows(
            "core.dim_certification",
            ("scheme", "level", "as_of", "document_id"),
            {"organisation_id": organisation_id},
            ("as_of", "scheme"),
        ),
    )


def _own_reports(view: View, organisation_id: str) -> Section:
    language = view.language.value
    return show_rows(
        view,
        Texts(
            "reports",
            message("What is reported, and what is missing"),
            message("The groups of figures for which not all reports of a period are in."),
            notes=(message("The list is cut after 15 rows; the page Quality has all of it."),),
        ),
        MartRows(
            REPORTING,
            (
                f"figure_group_label_{language}",
                "period_id",
                "years_in",
                "years_due",
                f"missing_{language}",
                "completeness",
            ),
            {
                "organisation_id": organisation_id,
                "basis": "reported",
                "completeness": ["partial", "rows_refused"],
            },
            ("period_id", f"figure_group_label_{language}"),
            limit=15,
        ),
        shape=lambda table: without_columns(table, "completeness"),
    )

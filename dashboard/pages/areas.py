"""The areas: who holds them, how many companies they have, and what takes part in them."""

from dataclasses import replace

from dashboard.charts.elements import Caption
from dashboard.filters import BASES, choose, choose_basis, choose_period, in_period, name_period
from dashboard.mart_sections import MartRows, Texts, link_organisations, show_rows
from dashboard.sections import Page, Section
from dashboard.table_charts import bars_of
from dashboard.view import View
from klynge.messages import message

COVERAGE = "evaluation.mart_participation_coverage"
PROFILE = "evaluation.mart_participant_profile"
INDUSTRIES, RANKING = "evaluation.mart_industry_mix", "evaluation.mart_industry_ranking"
DESIGNATIONS = "core.fct_designations"


def build(view: View) -> Page:
    """Return the page of areas."""
    language = view.language.value
    calls = view.connection.execute(
        f"select call_id, label_{language} from core.dim_call where period_id is not null "
        "order by period_id desc"
    ).fetchall()
    call = choose(view, "call", message("Call"), calls)
    basis = choose_basis(view, COVERAGE, PROFILE, INDUSTRIES, RANKING)
    period = choose_period(view, basis.chosen, COVERAGE, PROFILE, INDUSTRIES, RANKING)

    def where(mart: str) -> dict[str, str]:
        return in_period(view, period, mart, basis=basis.chosen)

    return Page(
        title=view.text(message("Areas")),
        lead=view.text(
            message(
                "An area of business or technology has at most one national cluster. An area's "
                "companies are those whose industry is tied to the area."
            )
        ),
        choices=(call, basis, period),
        sections=(
            _designations(view, call.chosen),
            _coverage(view, where(COVERAGE)),
            _profile(view, where(PROFILE)),
            _industries(view, where(INDUSTRIES)),
            _ranking(view, where(RANKING)),
        ),
    )


def _designations(view: View, call: str) -> Section:
    section = show_rows(
        view,
        Texts(
            "designations",
            message("Areas of the call, and the organisations that hold or apply for them"),
        ),
        MartRows(
            DESIGNATIONS,
            ("area_id", "class", "organisation_id", "outcome", "designated_by"),
            {"call_id": call},
            ("area_id", "organisation_id"),
        ),
        shape=lambda table: link_organisations(view, table),
    )
    return replace(section, basis=view.text(BASES["published"]))


def _coverage(view: View, where: dict[str, str]) -> Section:
    title = message(
        "Share of an area's companies that take part, {period} (per cent)",
        period=name_period(where),
    )
    return show_rows(
        view,
        Texts(
            "coverage",
            title,
            notes=(
                message(
                    "Participants per 100 others divides by the companies that do not take part. "
                    "The printed coverage stands beside the share of all companies."
                ),
            ),
        ),
        MartRows(
            COVERAGE,
            (
                "organisation_id",
                "companies",
                "participating_companies",
                "coverage_percent",
                "printed_coverage_percent",
                "participants_per_100_others",
                "completeness",
            ),
            where,
            ("coverage_percent desc", "organisation_id"),
        ),
        shape=lambda table: link_organisations(view, table),
        draw=bars_of(
            Caption(
                "coverage", view.text(title), view.text(message("A bar for each organisation."))
            ),
            ("organisation_id",),
            "coverage_percent",
            is_sample=where["basis"] == "sample",
        ),
    )


def _profile(view: View, where: dict[str, str]) -> Section:
    return show_rows(
        view,
        Texts(
            "profile",
            message(
                "Companies that take part, and companies of the area that do not, {period}",
                period=name_period(where),
            ),
        ),
        MartRows(
            PROFILE,
            (
                "organisation_id",
                "participation",
                "companies",
                "median_employees",
                "exporting_share",
                "median_turnover_kr",
                "median_turnover_per_employee_kr",
            ),
            where,
            ("organisation_id", "participation"),
        ),
        shape=lambda table: link_organisations(view, table),
    )


def _industries(view: View, where: dict[str, str]) -> Section:
    return show_rows(
        view,
        Texts(
            "industries",
            message(
                "Industries of the participating companies, {period}", period=name_period(where)
            ),
        ),
        MartRows(
            INDUSTRIES,
            (
                "organisation_id",
                "industry_tie",
                "industries",
                "companies",
                "share_percent",
                "five_largest_percent",
            ),
            where,
            ("organisation_id", "industry_tie"),
        ),
        shape=lambda table: link_organisations(view, table),
    )


def _ranking(view: View, where: dict[str, str]) -> Section:
    return show_rows(
        view,
        Texts(
            "ranking",
            message(
                "The three largest industries outside the area, {period}",
                period=name_period(where),
            ),
            message(
                "The divisions of the industries to which most participating companies belong "
                "that are not tied to the organisation's area."
            ),
        ),
        MartRows(
            RANKING,
            (
                "organisation_id",
                "industry_rank",
                f"industry_label_{view.language.value}",
                "companies",
                "share_percent",
            ),
            {**where, "industry_tie": "not_tied", "industry_rank": [1, 2, 3]},
            ("organisation_id", "industry_rank"),
        ),
        shape=lambda table: link_organisations(view, table),
    )

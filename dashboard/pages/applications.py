"""Applications and scores: who met the minimum, who won, and how little would change it."""

from dataclasses import replace

from dashboard.charts.elements import Caption
from dashboard.filters import choose, choose_basis
from dashboard.mart_sections import (
    MartRows,
    Texts,
    column_places,
    link_organisations,
    show_rows,
)
from dashboard.sections import Page, Section, Table
from dashboard.table_charts import bars_of
from dashboard.view import View
from klynge.messages import message
from klynge.whatif.headings import in_words

SCORES, COMPARISON = "scores.mart_application_scores", "scores.mart_score_comparison"
SENSITIVITY, TURNING = "scores.mart_score_sensitivity", "scores.mart_score_turning_points"
_ALL = "all"


def build(view: View) -> Page:
    """Return the page of applications and scores."""
    basis = choose_basis(view, SCORES)
    language = view.language.value
    areas = view.connection.execute(
        f"select distinct area_id, label_{language} from {SCORES} "
        "inner join core.dim_area using (area_id) order by 2"
    ).fetchall()
    area = choose(view, "area", message("Area"), [(_ALL, view.text(message("All areas"))), *areas])
    where: dict[str, str] = {"basis": basis.chosen}
    if area.chosen != _ALL:
        where["area_id"] = area.chosen
    return Page(
        title=view.text(message("Applications and scores")),
        lead=view.text(
            message(
                "The weighted scores of the applications, the minimum requirements, and the "
                "outcome. The documents print scores of two applicants only, and no score of a "
                "criterion."
            )
        ),
        choices=(basis, area),
        sections=(
            _scores(view, where),
            _comparison(view, where),
            _sensitivity(view, where),
            _turning_points(view, where),
            _turning_areas(view, where),
        ),
    )


def _scores(view: View, where: dict[str, str]) -> Section:
    return show_rows(
        view,
        Texts(
            "scores",
            message("Scores and outcomes of the applications (points)"),
            notes=(
                message(
                    "The mean is over an applicant's two grants. The computed outcome follows from "
                    "scores and minimum; the decided outcome is printed or submitted."
                ),
            ),
        ),
        MartRows(
            SCORES,
            (
                "area_id",
                "organisation_id",
                "grant_type_id",
                "score",
                "mean_score_rounded",
                "area_rank",
                "failed",
                "computed_outcome",
                "decided_outcome",
            ),
            where,
            ("area_id", "organisation_id", "grant_type_id"),
        ),
        shape=lambda table: link_organisations(view, _word_minimums(view, table)),
    )


def _word_minimums(view: View, table: Table) -> Table:
    """Return the table with words for the minimums that an application does not meet."""
    place = column_places(table)["failed"]
    return Table(
        table.columns,
        [
            [
                replace(cell, text=view.text(in_words({"failed": cell.value})["failed"]))
                if at == place and cell.value
                else cell
                for at, cell in enumerate(row)
            ]
            for row in table.rows
        ],
    )


def _comparison(view: View, where: dict[str, str]) -> Section:
    return show_rows(
        view,
        Texts(
            "comparison",
            message("Competitors of an area, measure by measure (each in its own unit)"),
            message(
                "The competitor with the best place stands first. A difference above zero means "
                "that the first has more; the better one is named only where more is better."
            ),
        ),
        MartRows(
            COMPARISON,
            (
                "grant_type_id",
                f"label_{view.language.value}",
                "unit",
                "organisation_id",
                "value",
                "other_organisation_id",
                "other_value",
                "difference",
                "weighted_difference",
                "better_organisation_id",
            ),
            # no score of a criterion is printed
            {**where, "kind": "key_figure"} if where["basis"] == "published" else where,
            ("grant_type_id", "kind", f"label_{view.language.value}"),
        ),
        shape=lambda table: link_organisations(view, table),
    )


def _sensitivity(view: View, where: dict[str, str]) -> Section:
    title = message("How often the selection changes when scores vary slightly (per cent of draws)")
    return show_rows(
        view,
        Texts(
            "sensitivity",
            title,
            message(
                "Each draw varies all scores a little. The spread is our choice and not the "
                "print's; the column of draws says how many there are."
            ),
        ),
        MartRows(
            SENSITIVITY,
            (
                "organisation_id",
                "grant_type_id",
                "spread",
                "draws",
                "minimum_changed_percent",
                "selected_changed_percent",
                "award_changed_percent",
                "award_p5_kr",
                "award_median_kr",
                "award_p95_kr",
                "smallest_change",
            ),
            {**where, "row_kind": "leaf", "varied": "scores"},
            ("organisation_id", "grant_type_id"),
        ),
        shape=lambda table: link_organisations(view, table),
        draw=bars_of(
            Caption(
                "sensitivity", view.text(title), view.text(message("A bar for each application."))
            ),
            ("organisation_id", "grant_type_id"),
            "selected_changed_percent",
            is_sample=where["basis"] == "sample",
        ),
    )


def _turning_points(view: View, where: dict[str, str]) -> Section:
    return show_rows(
        view,
        Texts(
            "turning_points",
            message("The smallest change that alone turns whether an application is selected"),
            message("One change of one score or weight, in points or per cent."),
        ),
        MartRows(
            TURNING,
            ("area_id", "organisation_id", "grant_type_id", *_CHANGE),
            {**where, "row_kind": "leaf", "place": 1},
            ("area_id", "organisation_id", "grant_type_id", "varied"),
        ),
        shape=lambda table: link_organisations(view, table),
    )


def _turning_areas(view: View, where: dict[str, str]) -> Section:
    return show_rows(
        view,
        Texts(
            "turning_areas",
            message("The three smallest changes that alone turn who wins an area"),
            message("One change of one score or weight, in points or per cent."),
        ),
        MartRows(
            TURNING,
            ("area_id", "place", *_CHANGE),
            {**where, "row_kind": "total", "place": [1, 2, 3]},
            ("area_id", "varied", "place"),
        ),
    )


#: What is changed at a turning point, and by how much.
_CHANGE = (
    "varied",
    "changed_organisation_id",
    "changed_grant_type_id",
    "changed_criterion_code",
    "value_from",
    "value_to",
    "change",
    "unit",
)

"""Activities and participants: how many, of which type, who takes part, and who comes back."""

from collections.abc import Iterator, Mapping

from dashboard.charts.elements import Caption
from dashboard.filters import (
    choose,
    choose_basis,
    choose_period,
    in_period,
    name_period,
    read_values,
)
from dashboard.mart_sections import (
    MartRows,
    Texts,
    link_organisations,
    show_rows,
    spread,
)
from dashboard.sections import Choice, Page, Section
from dashboard.table_charts import bars_of
from dashboard.view import View
from klynge.messages import Message, message

MIX = "evaluation.mart_activity_mix"
ATTENDANCE = "evaluation.mart_activity_attendance"
COMPANIES = "evaluation.mart_company_mix"
INSTITUTIONS = "evaluation.mart_institution_participation"
ABROAD = "evaluation.mart_international_participation"
RETENTION = "evaluation.mart_retention"
COUNTRY = "denmark"
_MARTS = (MIX, ATTENDANCE, COMPANIES, INSTITUTIONS, ABROAD, RETENTION)


def build(view: View) -> Page:
    """Return the page of activities and participants."""
    basis = choose_basis(view, *_MARTS)
    period = choose_period(view, basis.chosen, *_MARTS)
    organisation = _choose_organisation(view)
    own = {"basis": basis.chosen, "organisation_id": organisation.chosen}
    return Page(
        title=view.text(message("Activities and participants")),
        lead=view.text(
            message(
                "Activities under the cluster grant and those who took part. A company that takes "
                "part in several organisations counts once for each, and once for the country."
            )
        ),
        choices=(basis, period, organisation),
        sections=(
            show_types(view, period, own),
            _organisations(view, in_period(view, period, MIX, basis=basis.chosen)),
            *show_participants(view, period, own),
        ),
    )


def _choose_organisation(view: View) -> Choice:
    rows = view.connection.execute(
        "select distinct organisation_id, coalesce(organisation_name, organisation_id) "
        f"from {MIX} where row_kind = 'leaf' order by 2"
    ).fetchall()
    whole = [
        (one, view.text(words))
        for one, words in (
            (COUNTRY, message("The whole country")),
            ("reported_so_far", message("All that have reported so far")),
        )
        if one == COUNTRY or one in read_values(view, MIX, "organisation_id", row_kind="total")
    ]
    return choose(view, "organisation", message("Organisation"), [*whole, *rows])


def _whose(
    view: View, period: Choice, mart: str, own: Mapping[str, str]
) -> tuple[dict[str, str], tuple[str, ...], tuple[Message, ...]]:
    """Return which rows to show, with the columns and the notes that they need.

    If the mart has no figure for the whole country, the rows of all organisations are shown.
    """
    where = in_period(view, period, mart, **own)
    if own["organisation_id"] != COUNTRY or read_values(view, mart, "period_id", **where):
        return where, (), ()
    each = in_period(view, period, mart, basis=own["basis"])
    if not read_values(view, mart, "period_id", **each):
        return where, (), ()
    note = message("There is no figure for the whole country; each row is an organisation's.")
    return each, ("organisation_id",), (note,)


def show_participants(view: View, period: Choice, own: Mapping[str, str]) -> Iterator[Section]:
    """Yield the sections about those who took part, for one organisation or the country."""
    yield _show_attendance(view, period, own)
    yield _show_companies(view, period, own)
    yield _show_institutions(view, period, own)
    yield _show_abroad(view, period, own)
    yield _show_retention(view, period, own)


def show_types(view: View, period: Choice, own: Mapping[str, str]) -> Section:
    """Return the number of activities by type, for one organisation or the country."""
    where = in_period(view, period, MIX, **own)
    title = message("Activities by type, {period} (number)", period=name_period(where))
    return show_rows(
        view,
        Texts("types", title),
        MartRows(
            MIX,
            ("activity_type_id", "activities", "share_percent", "completeness"),
            where,
            ("activity_type_id",),
        ),
        draw=bars_of(
            Caption("types", view.text(title), view.text(message("A bar for each type."))),
            ("activity_type_id",),
            "activities",
            is_sample=where["basis"] == "sample",
        ),
    )


def _organisations(view: View, where: Mapping[str, str]) -> Section:
    """Return each organisation's activities by type; the print has shares only."""
    has_numbers = bool(read_values(view, MIX, "activities", row_kind="leaf", **where))
    title = (
        message(
            "Each organisation's activities by type, {period} (number)", period=name_period(where)
        )
        if has_numbers
        else message(
            "Each organisation's activities by type, {period} (per cent)", period=name_period(where)
        )
    )
    column = "activities" if has_numbers else "share_percent"
    return show_rows(
        view,
        Texts("types_by_organisation", title),
        MartRows(
            MIX,
            ("organisation_id", "activity_type_id", column),
            {**where, "row_kind": "leaf"},
            ("organisation_name", "activity_type_id"),
        ),
        shape=lambda table: link_organisations(view, spread(table, "activity_type_id", column)),
    )


def _show_attendance(view: View, period: Choice, own: Mapping[str, str]) -> Section:
    """Return the average number of participants per activity, by types."""
    where, first, notes = _whose(view, period, ATTENDANCE, own)
    return show_rows(
        view,
        Texts(
            "attendance",
            message(
                "Participants per activity, {period} (average number)", period=name_period(where)
            ),
            notes=notes,
        ),
        MartRows(
            ATTENDANCE,
            (*first, "activity_type_id", "participant_type", "average_participants"),
            where,
            (*first, "activity_type_id", "participant_type"),
        ),
        shape=lambda table: link_organisations(
            view, spread(table, "participant_type", "average_participants")
        ),
    )


def _show_companies(view: View, period: Choice, own: Mapping[str, str]) -> Section:
    """Return the form, size and age of the Danish companies that take part."""
    where, first, notes = _whose(view, period, COMPANIES, own)
    return show_rows(
        view,
        Texts(
            "companies",
            message("Participating Danish companies, {period} (number)", period=name_period(where)),
            notes=notes,
        ),
        MartRows(
            COMPANIES,
            (*first, "characteristic", "category", "companies", "share_percent", "completeness"),
            where,
            (*first, "characteristic", "category"),
        ),
    )


def _show_institutions(view: View, period: Choice, own: Mapping[str, str]) -> Section:
    """Return the activities in which knowledge institutions of each type take part."""
    where, first, notes = _whose(view, period, INSTITUTIONS, own)
    title = message(
        "Activities in which a Danish knowledge institution takes part, {period} (per cent)",
        period=name_period(where),
    )
    return show_rows(
        view,
        Texts(
            "institutions",
            title,
            notes=(
                *notes,
                message(
                    "An activity with institutions of several types counts for each type, so the "
                    "shares do not add up to 100 per cent."
                ),
            ),
        ),
        MartRows(
            INSTITUTIONS,
            (*first, "institution_type", "activities_with_type", "activities", "share_percent"),
            where,
            (*first, "institution_type"),
        ),
        draw=bars_of(
            Caption("institutions", view.text(title), view.text(message("A bar for each type."))),
            (*first, "institution_type"),
            "share_percent",
            is_sample=where["basis"] == "sample",
        ),
    )


def _show_abroad(view: View, period: Choice, own: Mapping[str, str]) -> Section:
    """Return the share of participations from abroad, by type of participant."""
    where, first, notes = _whose(view, period, ABROAD, own)
    return show_rows(
        view,
        Texts(
            "abroad",
            message("Participations from abroad, {period} (per cent)", period=name_period(where)),
            notes=(*notes, message("The share is of participations, and not of participants.")),
        ),
        MartRows(
            ABROAD,
            (
                *first,
                "participant_type",
                "institution_type",
                "participations",
                "foreign_participations",
                "foreign_percent",
            ),
            where,
            (*first, "participant_type", "institution_type"),
        ),
    )


def _show_retention(view: View, period: Choice, own: Mapping[str, str]) -> Section:
    """Return in how many years the companies took part."""
    where, first, notes = _whose(view, period, RETENTION, own)
    title = message(
        "Companies by the number of years in which they took part, {period} (per cent)",
        period=name_period(where),
    )
    return show_rows(
        view,
        Texts("retention", title, notes=notes),
        MartRows(
            RETENTION,
            (*first, "years_of_participation", "companies", "share_percent", "completeness"),
            where,
            (*first, "years_of_participation"),
        ),
        draw=bars_of(
            Caption("retention", view.text(title), view.text(message("A bar for each number."))),
            (*first, "years_of_participation"),
            "share_percent",
            is_sample=where["basis"] == "sample",
            unit=f" {view.text(message('years'))}",
        ),
    )

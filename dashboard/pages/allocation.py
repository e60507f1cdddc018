"""The allocation of a call's pots: a what-if beside the printed awards, and every rule tried."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from dashboard.charts.bars import draw_grouped_bars
from dashboard.charts.elements import Caption, Series
from dashboard.code_words import RULES, name_scenarios
from dashboard.filters import BASES, choose
from dashboard.formats import format_value
from dashboard.mart_sections import (
    MartRows,
    Texts,
    column_places,
    link_organisations,
    name_source,
    show_rows,
    spread,
)
from dashboard.sections import Cell, Choice, Column, Page, Section, Table
from dashboard.table_charts import make_mark
from dashboard.view import View
from dashboard.what_if_form import list_fields, read_changes
from klynge.errors import InputError
from klynge.messages import Message, message
from klynge.releases.reading import Release
from klynge.whatif.answers import FORMULAS
from klynge.whatif.calls import Call
from klynge.whatif.changes import Changes
from klynge.whatif.headings import in_words
from klynge.whatif.what_if import Outcome, open_what_if
from klynge.words import UNITS

CALL = "klyngeprogram_2025_2028"
AWARDS, SCORES = "allocation.mart_awards", "scores.mart_application_scores"
SCENARIOS = "allocation.mart_allocation_scenarios"
RECONCILIATION = "allocation.mart_allocation_reconciliation"
#: How many what-ifs are kept. One takes a quarter of a second, and a release never changes.
_MOST = 64


@dataclass(frozen=True)
class _Trial:
    """A what-if, or the sentence that says why there is none."""

    call: Call | None = None
    outcome: Outcome | None = None
    has_criteria: bool = False
    refusal: Message | str | None = None


def build(view: View) -> Page:
    """Return the page of the allocation."""
    basis = choose(
        view,
        "basis",
        message("Applications"),
        [(one, view.text(BASES[one])) for one in _bases(view)],
    )
    trial = _try(view, basis.chosen)
    groups = list_fields(view, trial.call, has_criteria=trial.has_criteria) if trial.call else []
    return Page(
        title=view.text(message("Allocation")),
        lead=view.text(
            message(
                "What each applicant would get if pots, minimum, weights, rule or caps were "
                "others. Nothing is stored. Leave a field empty to keep the call's own value."
            )
        ),
        choices=(basis, *_rules(view), _choose_scenario(view)),
        sections=tuple(_sections(view, basis, trial)),
        template="allocation.html",
        extra={
            "groups": groups,
            "compute": view.text(message("Compute")),
            "reset": view.text(message("Back to the call's own values")),
        },
    )


def _bases(view: View) -> list[str]:
    rows = view.connection.execute(f"select distinct basis from {SCORES}").fetchall()
    found = {basis for (basis,) in rows}
    # the print has scores of two applicants only, so it comes last
    return [one for one in ("reported", "sample", "published") if one in found]


def _rules(view: View) -> Iterator[Choice]:
    labels = {
        "rule": message("Rule"),
        "scope": message("Pots"),
        "competition": message("Competition in an area"),
    }
    for name, options in RULES.items():
        named = [(one, view.text(words)) for one, words in options.items()]
        own = ("", view.text(message("as the call has it")))
        yield choose(view, name, labels[name], [own, *named])


def _choose_scenario(view: View) -> Choice:
    label = message("Rule that is held against the print")
    return choose(view, "scenario", label, name_scenarios(view))


def _try(view: View, basis: str) -> _Trial:
    """Run the what-if of the address; a refusal is part of the page and no error."""
    restricted = view.role.sees_restricted
    try:
        call, has_criteria = _read_start(view.release, basis, restricted=restricted)
    except InputError as error:
        return _Trial(refusal=error.message)
    try:
        changes = read_changes(view, call)
        kept = _Kept(repr(changes), changes)
        outcome = _run(view.release, basis, kept, restricted=restricted)
    except InputError as error:
        return _Trial(call, None, has_criteria, error.message)
    return _Trial(call, outcome, has_criteria)


@lru_cache(_MOST)
def _read_start(release: Release, basis: str, *, restricted: bool) -> tuple[Call, bool]:
    with open_what_if(release, CALL, restricted=restricted) as what_if:
        return what_if.call, what_if.read_released(basis).has_criteria


@dataclass(frozen=True)
class _Kept:
    """Changes as a key under which an outcome is kept; equal texts are equal changes."""

    text: str
    changes: Changes = field(compare=False)


@lru_cache(_MOST)
def _run(release: Release, basis: str, kept: _Kept, *, restricted: bool) -> Outcome:
    with open_what_if(release, CALL, restricted=restricted) as what_if:
        return what_if.allocate(what_if.read_released(basis), kept.changes)


def _sections(view: View, basis: Choice, trial: _Trial) -> Iterator[Section]:
    printed = _printed(view)
    if trial.outcome:
        yield _beside_print(view, basis, trial.outcome, printed)
        yield _by_application(view, basis, trial.outcome)
        yield _pots(view, trial.outcome)
    else:
        yield Section(
            id="what_if",
            title=view.text(message("No what-if")),
            lead=view.text(trial.refusal or ""),
        )
    yield printed
    yield _scenarios(view, basis.chosen)
    yield _reconciliation(view)


def _printed(view: View) -> Section:
    return show_rows(
        view,
        Texts(
            "printed",
            message("The printed awards, both grants together (kr.)"),
            message("The recommended amounts are maxima, as the board paper prints them."),
        ),
        MartRows(
            AWARDS,
            ("organisation_id", "applied_amount_kr", "recommended_amount_kr"),
            {"basis": "published", "call_id": CALL},
            ("organisation_name",),
        ),
        shape=lambda table: link_organisations(view, table),
    )


def _beside_print(view: View, basis: Choice, outcome: Outcome, printed: Section) -> Section:
    """Return the awards of the what-if beside the printed ones, as a chart and as a table."""
    title = message("What-if beside the printed awards, both grants together (kr.)")
    words = dict(basis.options)[basis.chosen]
    tried = view.text(
        message("What-if on invented data") if basis.chosen == "sample" else message("What-if")
    )
    print_name = view.text(message("Printed award"))
    cells = _printed_cells(printed.table)
    rows, what_if, awards = [], [], []
    kroner = view.text(UNITS["kr"])
    is_sample = basis.chosen == "sample"
    for row in outcome.by_organisation.to_pylist():
        organisation = row["organisation_id"]
        name, award = cells.get(organisation, (Cell(organisation, organisation), None))
        new = _amount(view, row["recommended_amount_kr"])
        rows.append(
            [name, _amount(view, row["applied_amount_kr"]), new, award or Cell("", is_number=True)]
        )
        what_if.append(make_mark(name.text, new, is_sample=is_sample))
        if award:
            awards.append(make_mark(name.text, award, is_sample=False))
    return Section(
        id="what_if",
        title=view.text(title),
        lead=view.text(_describe_rule(outcome)),
        chart=draw_grouped_bars(
            Caption(
                "what_if",
                view.text(title),
                view.text(message("Two bars for each organisation: the what-if and the print.")),
            ),
            [Series(tried, what_if), Series(print_name, awards)],
        ),
        table=Table(
            [
                Column("organisation_id", view.text(message("Organisation"))),
                Column(
                    "applied",
                    view.text(message("Applied for")),
                    view.text(UNITS["kr"]),
                    is_number=True,
                ),
                Column("what_if", tried, kroner, is_number=True),
                Column("printed", print_name, kroner, is_number=True),
            ],
            rows,
        ),
        notes=[view.text(note) for note in _notes(basis.chosen, outcome)],
        source=view.text(
            message(
                "computed now from the models of the release; printed awards: {source}",
                source=name_source(view, AWARDS),
            )
        ),
        basis=words,
    )


def _printed_cells(table: Table | None) -> dict[str, tuple[Cell, Cell]]:
    if table is None:
        return {}
    places = column_places(table)
    return {
        str(row[places["organisation_id"]].value): (
            row[places["organisation_id"]],
            row[places["recommended_amount_kr"]],
        )
        for row in table.rows
    }


def _amount(view: View, amount: Decimal | None) -> Cell:
    """Return an amount of the what-if, which has no page, because no release holds it."""
    if amount is None:
        return Cell("–", note=view.text(message("nothing was shared out")), is_number=True)
    return Cell(format_value(amount, view.language), amount, is_number=True)


def _describe_rule(outcome: Outcome) -> Message:
    return message(
        "Rule: {rule}; {scope}. An award is {formula}, within its cap and floor.",
        rule=RULES["rule"].get(outcome.rule, outcome.rule),
        scope=RULES["scope"].get(outcome.scope, outcome.scope),
        formula=FORMULAS.get(outcome.rule, outcome.rule),
    )


def _notes(basis: str, outcome: Outcome) -> Iterator[Message]:
    yield message(
        "The amounts of the what-if are computed for this page and stand in no release, so they "
        "are no links. The address of the page gives the same what-if again."
    )
    if basis == "sample":
        yield message("The applications and their scores are invented sample data.")
    if outcome.has_unchecked_criteria:
        yield message(
            "Only the total scores are known here, so the minimum of each criterion is not checked."
        )


_HEADINGS: dict[str, Message] = {
    "organisation_id": message("Organisation"),
    "grant_type": message("Grant"),
    "applied_amount_kr": message("Applied for"),
    "score": message("Score"),
    "minimum_met": message("Minimum met"),
    "reason": message("Outcome"),
    "failed": message("Minimum not met"),
    "recommended_amount_kr": message("Award"),
    "share": message("Share of the amount applied for"),
}
_UNITS = {
    "applied_amount_kr": UNITS["kr"],
    "recommended_amount_kr": UNITS["kr"],
    "score": UNITS["point"],
}


def _by_application(view: View, basis: Choice, outcome: Outcome) -> Section:
    names = _names(view, "core.dim_organisation", "organisation_id", "name")
    label = f"label_{view.language.value}"
    grants = _names(view, "core.dim_grant_type", "grant_type_id", label)
    rows = []
    for raw in outcome.by_application.to_pylist():
        words = in_words(raw)
        words["organisation_id"] = names.get(raw["organisation_id"], raw["organisation_id"])
        words["grant_type"] = grants.get(raw["grant_type"], raw["grant_type"])
        rows.append([_cell(view, raw[name], words[name]) for name in _HEADINGS])
    table = Table(
        [
            Column(
                name,
                view.text(heading),
                view.text(_UNITS.get(name, "")),
                is_number=_is_number(name),
            )
            for name, heading in _HEADINGS.items()
        ],
        rows,
    )
    return Section(
        id="applications",
        title=view.text(message("The what-if for each application")),
        table=link_organisations(view, table),
        source=view.text(message("computed now from the models of the release")),
        basis=dict(basis.options)[basis.chosen],
    )


def _is_number(name: str) -> bool:
    return name in (*_UNITS, "share")


def _cell(view: View, raw: Any, words: Any) -> Cell:
    if isinstance(raw, Decimal):
        return Cell(format_value(raw, view.language), raw, is_number=True)
    if isinstance(words, bool):
        words = message("yes") if words else message("no")
    return Cell("" if words is None else view.text(words), raw)


def _names(view: View, table: str, key: str, name: str) -> dict[str, str]:
    return dict(view.connection.execute(f"select {key}, {name} from {table}").fetchall())


def _pots(view: View, outcome: Outcome) -> Section:
    label = f"label_{view.language.value}"
    grants = _names(view, "core.dim_grant_type", "grant_type_id", label)
    rows = []
    for raw in outcome.pots.to_pylist():
        words = in_words(raw)
        named = grants.get(raw["pot"], words["pot"])
        rows.append(
            [
                Cell(view.text(named), raw["pot"]),
                _amount(view, raw["pot_kr"]),
                _amount(view, raw["given_kr"]),
                Cell(view.text(words["pot_state"]), raw["pot_state"]),
                _cell(view, raw["lambda_rounded"], None),
            ]
        )
    headings = (
        message("Pot"), message("Amount"), message("Given"), message("State"), message("Lambda"),
    )  # fmt: skip
    return Section(
        id="pots",
        title=view.text(message("The pots of the what-if (kr.)")),
        table=Table(
            [
                Column(f"pot_{place}", view.text(heading), is_number=place in (1, 2, 4))
                for place, heading in enumerate(headings)
            ],
            rows,
        ),
        source=view.text(message("computed now from the models of the release")),
    )


def _scenarios(view: View, basis: str) -> Section:
    return show_rows(
        view,
        Texts(
            "scenarios",
            message("The awards by each rule of the release, without changes (kr.)"),
            notes=(message("Each column shares out the same pots: compare, and never add."),),
        ),
        MartRows(
            SCENARIOS,
            ("organisation_id", "grant_type_id", "scenario_id", "recommended_amount_kr"),
            {"basis": basis, "call_id": CALL},
            ("organisation_id", "grant_type_id", "scenario_id"),
        ),
        shape=lambda table: link_organisations(
            view, spread(table, "scenario_id", "recommended_amount_kr")
        ),
    )


_VERDICTS = {
    "can": message("By the printed figures, this rule can have given the printed awards."),
    "cannot": message("By the printed figures, this rule cannot have given the printed awards."),
}


def _reconciliation(view: View) -> Section:
    """Return the printed shares beside the bounds of the chosen rule; the verdict is the rule's."""
    scenario = _choose_scenario(view)
    where = {
        "basis": "published",
        "call_id": CALL,
        "scenario_id": scenario.chosen,
        "minimum_unit": "application",
    }
    found = view.connection.execute(
        f"select any_value(verdict) from {RECONCILIATION} where basis = $basis "
        "and call_id = $call_id and scenario_id = $scenario_id and minimum_unit = $minimum_unit",
        where,
    ).fetchone()
    section = show_rows(
        view,
        Texts(
            "reconciliation",
            message("Can this rule have given the printed awards?"),
            _VERDICTS.get(found[0] if found else "", ""),
            notes=(
                message(
                    "The printed share of each applicant stands beside the bounds that the printed "
                    "figures set for the rule. A rule that cannot give one of them cannot have "
                    "been used."
                ),
            ),
        ),
        MartRows(
            RECONCILIATION,
            (
                "organisation_id",
                "outcome",
                "applied_amount_kr",
                "recommended_amount_kr",
                "share",
                "given_share_lowest",
                "given_share_highest",
                "is_impossible",
            ),
            where,
            ("share desc", "organisation_id"),
        ),
        shape=lambda table: link_organisations(view, table),
    )
    words = message(
        "printed in a document; rule: {rule}", rule=dict(scenario.options)[scenario.chosen]
    )
    return replace(section, basis=view.text(words))

"""Turn the solved sample into Arrow tables, which DuckDB multiplies and writes."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pyarrow as pa

from klynge.seed_files import read_seed
from sample.activities import Activity
from sample.call import (
    application_rows,
    decision_rows,
    read_applications,
    score_rows,
    target_rows,
)
from sample.members import yearly_dues
from sample.money import consumed_funding, full_time_equivalents, funding_rows
from sample.people import Participant
from sample.register import register_companies
from sample.solution import Solution
from sample.targets import REFERENCE, YEARS, Targets


def tables(solution: Solution) -> dict[str, pa.Table]:
    """Return the tables that the queries in ``datasets.sql`` read, by name."""
    targets = solution.targets
    amounts = consumed_funding(targets)
    return {
        "solved_organisations": _organisations(targets),
        "solved_people": _people(solution.participant_plan.participants),
        "solved_activities": _activities(solution.activities, solution.seed),
        "solved_attendances": _attendances(solution),
        "solved_companies": _companies(solution),
        "solved_members": _members(solution),
        "solved_funding": _table(
            list(funding_rows(targets, amounts)),
            "year organisation_id funding_line_id funding_source funder_id amount_kind "
            "gross_or_net price_basis in_kind validated amount_kr",
        ),
        "solved_staff": _table(
            list(full_time_equivalents(targets, amounts)),
            "year organisation_id staff_funder full_time_equivalents",
        ),
        **_call_tables(),
    }


def _call_tables() -> dict[str, pa.Table]:
    applications = read_applications()
    return {
        "applications_rows": _table(
            list(application_rows(applications)),
            "period organisation_id grant_type area_id applied_amount_kr",
        ),
        "criterion_scores_rows": _table(
            list(score_rows(applications)),
            "period organisation_id grant_type criterion_id assessor_id score",
        ),
        "decisions_rows": _table(
            list(decision_rows(applications)),
            "period organisation_id grant_type outcome recommended_amount_kr decided_on reason",
        ),
        "solved_call_targets": _table(
            list(target_rows(applications)),
            "period organisation_id indicator_id year result_kind accumulation value",
        ),
    }


def _table(rows: list[tuple[Any, ...]], names: str) -> pa.Table:
    columns = zip(*rows, strict=True)
    return pa.table(dict(zip(names.split(), map(pa.array, columns), strict=True)))


def _organisations(targets: Targets) -> pa.Table:
    names = {
        row["organisation_id"]: row["name"] for row in read_seed(REFERENCE / "organisations.csv")
    }
    rows = [(i, o, names[o], targets.areas[o]) for i, o in enumerate(targets.organisations)]
    return _table(rows, "number organisation_id name area_id")


def _people(participants: list[Participant]) -> pa.Table:
    danish = 0
    rows = []
    for number, p in enumerate(participants):
        at_home = p.country == "DK"
        rows.append(
            (
                number,
                danish if at_home else None,
                p.participant_type,
                p.country,
                p.institution_type,
                p.size_band,
                p.legal_form,
                p.industry_code,
                p.startup,
            )
        )
        danish += at_home
    return _table(
        rows,
        "number danish_number participant_type country institution_type size_band legal_form "
        "industry_code startup",
    )


def _activities(activities: list[Activity], seed: int) -> pa.Table:
    random = Random(f"{seed}/days")
    rows = []
    counts: dict[tuple[str, int], int] = {}
    for number, a in enumerate(activities):
        counts[a.organisation, a.year] = nth = counts.get((a.organisation, a.year), 0) + 1
        start = date(a.year, 1, 1) + timedelta(days=random.randrange(365))
        days = 180 if a.activity_type == "collaboration_project" else 0
        rows.append(
            (
                number,
                a.year,
                a.organisation,
                f"{a.year}-{nth:04d}",
                a.activity_type,
                f"Opdigtet aktivitet {nth}",
                start,
                start + timedelta(days=days),
                a.cluster_grant_funded,
            )
        )
    return _table(
        rows,
        "number year organisation_id activity_id activity_type title start_date end_date "
        "cluster_grant_funded",
    )


def _attendances(solution: Solution) -> pa.Table:
    random = Random(f"{solution.seed}/persons")
    activity, person = zip(*sorted(solution.attendances), strict=True)
    persons = [1 + int(3 * random.random() ** 3) for _ in activity]
    return pa.table(
        {
            "attendance": pa.array(range(len(activity))),
            "activity": pa.array(activity),
            "person": pa.array(person),
            "persons": pa.array(persons),
        }
    )


def _companies(solution: Solution) -> pa.Table:
    outsiders = 0
    rows = []
    for number, company in enumerate(
        register_companies(solution.targets, solution.participant_plan, solution.seed)
    ):
        person, *rest = company
        rows.append((number, person, outsiders if person is None else None, *rest))
        outsiders += person is None
    return _table(
        rows,
        "number person outsider area_id industry_role employees exports turnover_kr industry_code",
    )


def _members(solution: Solution) -> pa.Table:
    random = Random(f"{solution.seed}/membership_years")
    yearly = yearly_dues(solution.targets, solution.members)
    rows = []
    for organisation, members in solution.members.items():
        for person in members:
            first = random.choice((2021, 2021, 2021, 2022, 2023))
            rows += [
                (year, organisation, person, Decimal(yearly[organisation]))
                for year in YEARS
                if year >= first
            ]
    numbered = [(number, *row) for number, row in enumerate(sorted(rows, key=lambda r: r[:3]))]
    return _table(numbered, "number year organisation_id person dues_kr")

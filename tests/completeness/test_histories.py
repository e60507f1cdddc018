"""Marts show no figure for which a report is missing, and they mark every partial sum.

Random histories go through the raw tables and the compiled models. A second calculation in Python
gives the rows that each mart should have.
"""

from decimal import Decimal
from random import Random

import pytest

from klynge.home import Home
from klynge.releases.models import read_models
from klynge.releases.reading import open_release
from tests.completeness.files import ORGANISATIONS, OWN_DATASETS, YEARS
from tests.completeness.histories import OUTCOMES, SAMPLE, draw_history, whole_history
from tests.completeness.reference import (
    DENMARK,
    GROUPS,
    MARTS,
    PERIODS,
    SO_FAR,
    Reference,
    overview,
    target_progress,
)
from tests.completeness.worlds import build_worlds

RESTS_ON = "reporters_in, reporters_due, years_in, years_due, rows_refused, completeness"
#: Mart -> (its key without period and organisation, its figures, a condition for the rows that are
#: compared).
COLUMNS = {
    "activity_attendance": ("activity_type_id, participant_type", "average_participants", "true"),
    "activity_mix": ("activity_type_id", "activities, share_percent", "true"),
    "company_mix": ("characteristic, category", "companies", "characteristic = 'size_band'"),
    "funding_mix": ("funding_source", "amount_kr, sum_of_sources_kr", "true"),
    "industry_mix": ("", "companies, industries", "industry_tie = 'total'"),
    "industry_ranking": ("industry_division", "companies", "industry_tie = 'total'"),
    "institution_participation": (
        "institution_type",
        "activities_with_type, activities, share_percent",
        "true",
    ),
    "international_participation": (
        "participant_type",
        "participations, foreign_participations",
        "institution_type = 'total'",
    ),
    "participant_profile": ("participation", "companies", "true"),
    "participation_coverage": ("", "companies, participating_companies", "true"),
    "retention": ("years_of_participation", "companies", "true"),
    "staffing": ("staff_funder", "full_time_equivalents", "true"),
}
FEW, MANY = 8, 200


@pytest.fixture(scope="module")
def models(published):
    return read_models(open_release(home=published))


def read_rows(connection, mart, keys, figures, where, basis):
    """Return key -> figures for the rows of one basis."""
    names = [name for name in keys.split(", ") if name]
    found = connection.execute(
        f"select {', '.join((*names, figures))} from evaluation.mart_{mart}"
        f" where basis = '{basis}' and {where}"
    ).fetchall()
    rows = {row[: len(names)]: row[len(names) :] for row in found}
    assert len(rows) == len(found), mart
    return rows


def as_numbers(rows):
    """Turn every number into a decimal, so that numbers compare by value."""
    return {
        key: tuple(Decimal(v) if isinstance(v, int) else v for v in values)
        for key, values in rows.items()
    }


def compare(connection, history, number):
    """Compare all marts of a history with the second calculation in Python."""
    for basis in ("reported", SAMPLE):
        world, marts = f"{basis}-{number}", Reference(history, basis)
        for mart, (own_key, figures, where) in COLUMNS.items():
            key = ", ".join(filter(None, ("period_id", "organisation_id", own_key)))
            shown = read_rows(connection, mart, key, f"{figures}, {RESTS_ON}", where, world)
            assert as_numbers(shown) == as_numbers(marts.mart(mart)), (mart, world, history)
        shown = read_rows(
            connection,
            "cluster_overview",
            "period_id, organisation_id, indicator_id",
            f"share_percent, national_total, implied_value, {RESTS_ON}",
            "true",
            world,
        )
        assert as_numbers(shown) == as_numbers(overview(marts)), (world, history)
        shown = read_rows(
            connection,
            "target_progress",
            "organisation_id, year, accumulation",
            "target_value, actual_value, years_in",
            "true",
            world,
        )
        assert as_numbers(shown) == as_numbers(target_progress(marts)), (world, history)


def compare_random_histories(models, home, seed, count):
    chance = Random(seed)  # noqa: S311 - no secret depends on it
    histories = [draw_history(chance) for _ in range(count)]
    with build_worlds(models, home, histories) as connection:
        for number, history in enumerate(histories):
            compare(connection, history, number)
    return histories


def test_a_few_random_histories(models, home: Home):
    compare_random_histories(models, home, 1, FEW)


@pytest.mark.long
def test_many_random_histories(models, home: Home):
    histories = compare_random_histories(models, home, 2, MANY)
    drawn = {outcome for history in histories for outcome in history.outcomes.values()}
    assert drawn == OUTCOMES.keys() - {"missing"} | ({"missing"} & drawn)
    keys = {
        scope.key
        for history in histories
        for scope in Reference(history, "reported").scopes("funding")
    }
    assert {DENMARK, SO_FAR} < keys


def test_without_one_file_or_one_year_its_figures_are_absent_in_every_mart(models, home: Home):
    """First remove a random file of each dataset in turn, then all files of a reporter's year."""
    chance, whole = Random(3), whole_history()  # noqa: S311 - as above
    removed = [
        ((chance.choice(ORGANISATIONS), dataset, chance.choice(YEARS)),) for dataset in OWN_DATASETS
    ]
    organisation, year = chance.choice(ORGANISATIONS), chance.choice(YEARS)
    removed.append(tuple((organisation, dataset, year) for dataset in OWN_DATASETS))
    histories = [whole, *(whole.without(*slots) for slots in removed)]
    with build_worlds(models, home, histories) as connection:
        for number, history in enumerate(histories):
            compare(connection, history, number)
        for number, slots in enumerate(removed, start=1):
            organisation, _, year = slots[0]
            datasets = {dataset for _, dataset, _ in slots}
            for mart in COLUMNS:
                if not datasets & set(GROUPS[MARTS[mart][0]]):
                    continue
                rows = connection.execute(
                    f"select period_id, organisation_id, completeness from evaluation.mart_{mart}"
                    f" where basis = 'reported-{number}'"
                ).fetchall()
                assert rows, mart
                touched = [row for row in rows if year in PERIODS[row[0]]]
                assert not [row for row in touched if row[1] in (organisation, DENMARK)], mart
                country = [row for row in touched if row[1] == SO_FAR]
                assert all(row[2] == "partial" for row in country), mart
                assert country or mart in ("participant_profile", "participation_coverage"), mart

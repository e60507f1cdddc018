"""Recompute all numbers of the cover and the annex about the call from the sample's files."""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest

from klynge import checkout
from klynge.print.numbers import parse
from klynge.seed_files import read_seed

CALL = "klyngeprogram_2025_2028"
GRANTS = ("cluster", "innovation")
COMPETITORS = ("am_hub", "made")
REFERENCE = checkout.SEEDS / "reference"
CELLS = {
    document: {
        row["cell_id"]: row
        for row in read_seed(checkout.SEEDS / "documents" / document / "cells.csv")
    }
    for document in ("programme_cover_2025", "am_hub_made_2025")
}
WEIGHTS = {
    row["criterion_id"]: Fraction(row["weight_numerator"]) / Fraction(row["weight_denominator"])
    for row in read_seed(REFERENCE / "criterion_weights.csv")
    if row["weight_numerator"]
}
DESIGNATIONS = {
    row["organisation_id"]: row
    for row in read_seed(REFERENCE / "area_designations.csv")
    if row["call_id"] == CALL and row["organisation_id"]
}
RECOMMENDED = {o for o, row in DESIGNATIONS.items() if row["outcome"] == "recommended"}
BELOW_MINIMUM = {o for o, r in DESIGNATIONS.items() if r["outcome"] == "rejected_below_minimum"}


def value(document, cell_id):
    cell = CELLS[document][cell_id]
    return parse(cell["printed_text"], cell["number_format"])


def cover(cell_id):
    return value("programme_cover_2025", cell_id)


def annex(cell_id):
    return value("am_hub_made_2025", cell_id)


MINIMUM_AVERAGE = cover("prose.l237.minimum_score.average")
MINIMUM_CRITERION = cover("prose.l239.minimum_score.sub_criterion")


def rounded(number, decimals):
    exact = Fraction(number)
    step = Decimal(1).scaleb(-decimals)
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(step, ROUND_HALF_UP)


def of_area(organisation, column):
    area = DESIGNATIONS[organisation]["area_id"]
    return CELLS["programme_cover_2025"][f"areas.{area}.{organisation}.{column}"]


def amounts(sample, dataset, column):
    rows = sample.execute(f"select organisation_id, grant_type, {column} from {dataset}").fetchall()
    return {(organisation, grant): amount for organisation, grant, amount in rows}


@pytest.fixture(scope="module")
def applied(sample):
    return amounts(sample, "applications", "applied_amount_kr")


@pytest.fixture(scope="module")
def recommended(sample):
    return amounts(sample, "decisions", "recommended_amount_kr")


@pytest.fixture(scope="module")
def criteria(sample):
    """Return the mean of the assessors' scores, by application and criterion."""
    found = defaultdict(dict)
    for organisation, grant, criterion, total, assessors in sample.execute(
        "select organisation_id, grant_type, criterion_id, sum(score), count(*) "
        "from criterion_scores group by all"
    ).fetchall():
        found[organisation, grant][criterion.rpartition("_")[2]] = Fraction(total) / assessors
    return found


@pytest.fixture(scope="module")
def scores(criteria):
    """Return the weighted score of each application, rounded to the two decimals of the print."""
    return {
        (organisation, grant): rounded(
            sum(mean * WEIGHTS[f"{grant}_2025_{code}"] for code, mean in means.items()), 2
        )
        for (organisation, grant), means in criteria.items()
    }


def test_everybody_on_the_cover_applies_for_both_grants_in_one_area(sample, applied):
    assert len(applied) == cover("prose.l75.applications")
    assert set(applied) == {(o, grant) for o in DESIGNATIONS for grant in GRANTS}
    areas = sample.execute("select distinct organisation_id, area_id from applications").fetchall()
    assert dict(areas) == {o: row["area_id"] for o, row in DESIGNATIONS.items()}
    assert len(areas) == cover("prose.l75.applicants")


@pytest.mark.parametrize("organisation", DESIGNATIONS)
def test_amounts_are_those_of_the_cover(applied, recommended, organisation):
    for column, found in (("applied", applied), ("recommended", recommended)):
        cell = of_area(organisation, column)
        total = sum(found[organisation, grant] for grant in GRANTS)
        # if the application was refused, the cell has a word, which counts as 0
        printed = parse(cell["printed_text"], cell["number_format"]) or 0
        assert rounded(total / 1_000_000, 1) == printed
    assert all(0 <= recommended[key] <= applied[key] for key in applied)


def test_pots_are_given_out_to_the_last_oere_and_more_was_applied_for(applied, recommended):
    for grant in GRANTS:
        line = {"cluster": "l41", "innovation": "l47"}[grant]
        pot = annex(f"prose.{line}.pot.{grant}") * 1_000_000
        assert sum(recommended[o, grant] for o in DESIGNATIONS) == pot
        assert sum(applied[o, grant] for o in RECOMMENDED) > pot
    assert rounded(sum(applied.values()) / 10**9, 1) == cover("prose.l77.applied")


@pytest.mark.parametrize("organisation", COMPETITORS)
def test_the_competitors_are_as_the_annex_prints_them(applied, recommended, scores, organisation):
    for grant in GRANTS:
        assert applied[organisation, grant] == annex(f"t1.{grant}.applied.{organisation}")
        assert scores[organisation, grant] == annex(f"t1.{grant}.score.{organisation}")
    for column, found in (("applied", applied), ("recommended", recommended)):
        both = sum(found[organisation, grant] for grant in GRANTS)
        assert both == annex(f"t1.both.{column}.{organisation}")
    mean = Fraction(sum(scores[organisation, grant] for grant in GRANTS)) / 2
    assert rounded(mean, 2) == annex(f"t1.both.average_score.{organisation}")


def test_who_is_better_on_which_criterion(criteria):
    """The annex says who is better on which criterion.

    If it states no difference, the values are equal.
    """
    better = {
        "am_hub": {"cluster": {"b1", "b2"}, "innovation": {"a2", "a3"}},
        "made": {"cluster": {"a1", "b3"}, "innovation": set()},
    }
    for grant in GRANTS:
        am_hub, made = (criteria[organisation, grant] for organisation in COMPETITORS)
        assert {c for c in am_hub if am_hub[c] > made[c]} == better["am_hub"][grant]
        assert {c for c in made if made[c] > am_hub[c]} == better["made"][grant]
    top_mark = criteria["am_hub", "cluster"]["b1"]
    assert top_mark == 10
    assert all(criteria[o, "cluster"]["b1"] < top_mark for o in DESIGNATIONS if o != "am_hub")


@pytest.mark.parametrize(("grant", "line"), [("cluster", "l201"), ("innovation", "l203")])
def test_averages_of_the_recommended(scores, grant, line):
    total = sum(Fraction(scores[organisation, grant]) for organisation in RECOMMENDED)
    assert rounded(total / len(RECOMMENDED), 2) == cover(f"prose.{line}.score.{grant}")


def test_the_recommended_and_the_loser_of_the_competition_meet_the_minimum(criteria, scores):
    for (organisation, grant), means in criteria.items():
        if organisation not in BELOW_MINIMUM:
            assert scores[organisation, grant] >= MINIMUM_AVERAGE
            assert min(means.values()) >= MINIMUM_CRITERION


def test_the_rejected_are_clearly_below_in_both_grants(criteria, scores):
    lowest, highest = (cover(f"prose.l243.rejected_score.{end}") for end in ("lowest", "highest"))
    assert len(BELOW_MINIMUM) == cover("prose.l233.rejected_applicants")
    for organisation in BELOW_MINIMUM:
        for grant in GRANTS:
            assert lowest <= scores[organisation, grant] <= highest
            under = [m for m in criteria[organisation, grant].values() if m < MINIMUM_CRITERION]
            assert len(under) > 1


def test_outcomes_are_those_printed(sample):
    rows = sample.execute("select distinct organisation_id, outcome from decisions").fetchall()
    assert dict(rows) == {o: row["outcome"] for o, row in DESIGNATIONS.items()}
    assert len(rows) == len(DESIGNATIONS)


def test_amounts_follow_one_rule_in_each_pot(applied, recommended, scores):
    """Awards are proportional to the score above the minimum, with one level for each pot."""
    for grant in GRANTS:
        levels = {}
        for organisation in RECOMMENDED:
            key = organisation, grant
            above = Fraction(scores[key] - MINIMUM_AVERAGE)
            levels[organisation] = Fraction(recommended[key]) / Fraction(applied[key]) / above
        cut = {levels[o] for o in RECOMMENDED if recommended[o, grant] < applied[o, grant]}
        [level] = cut
        full = [levels[o] for o in RECOMMENDED if recommended[o, grant] == applied[o, grant]]
        assert len(full) >= 3
        assert all(own <= level for own in full)


@pytest.mark.parametrize(
    ("grant", "indicator"),
    [("cluster", "smes_in_collective_activities"), ("innovation", "smes_developing_concepts")],
)
def test_targets_scaled_by_award_add_up_to_the_cover(
    sample, applied, recommended, grant, indicator
):
    targets = dict(
        sample.execute(
            "select organisation_id, value from indicator_results where indicator_id = ? "
            "and result_kind = 'target' and year = 2028 and period = 2025",
            [indicator],
        ).fetchall()
    )
    assert set(targets) == set(DESIGNATIONS)
    for organisation in COMPETITORS:
        assert targets[organisation] == annex(f"t1.{grant}.smes.{organisation}")
    scaled = [
        Fraction(targets[o]) * Fraction(recommended[o, grant]) / Fraction(applied[o, grant])
        for o in DESIGNATIONS
    ]
    printed = cover(f"expected.{indicator}")
    assert rounded(sum(scaled), 0) == printed
    assert sum(rounded(target, 0) for target in scaled) == printed

"""Prove a second time what the print shows about the rules, with exact fractions of the cells."""

import ast
import operator
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest

from klynge import checkout
from klynge.print.numbers import parse
from klynge.releases.reading import open_release
from klynge.seed_files import read_seed
from tests.allocation.reference import Unit, share_out

MILLION = 1_000_000
POTS = {"cluster": 200 * MILLION, "innovation": 462 * MILLION}
COVER, ANNEX = (
    {row["cell_id"]: row for row in read_seed(checkout.SEEDS / "documents" / name / "cells.csv")}
    for name in ("programme_cover_2025", "am_hub_made_2025")
)
WITNESSES = read_seed(checkout.SEEDS / "reference" / "allocation_witnesses.csv")
SCENARIOS = {
    row["scenario_id"]: row
    for row in read_seed(checkout.SEEDS / "reference" / "allocation_scenarios.csv")
}
OPERATIONS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
#: Half a unit of the last digit printed.
HALF_TENTH, HALF_KRONE = Fraction(1, 20), Fraction(1, 2)
MINIMUM = {"application": Fraction(13, 2), "organisation": Fraction(5)}


def cell(cells, cell_id):
    return parse(cells[cell_id]["printed_text"], cells[cell_id]["number_format"])


def of_organisations(column):
    """Return the printed numbers in a column of the cover's table, in million kroner."""
    return {
        row["organisation_id"]: cell(COVER, row["cell_id"])
        for row in COVER.values()
        if row["cell_id"].startswith("areas.")
        and row["cell_id"].endswith(f".{column}")
        and row["organisation_id"]
        and cell(COVER, row["cell_id"]) is not None
    }


APPLIED, RECOMMENDED = of_organisations("applied"), of_organisations("recommended")


@pytest.fixture(scope="module")
def proof(published):
    return open_release(home=published).query("from allocation.mart_allocation_proof")


@pytest.fixture(scope="module")
def reconciliation(published):
    return open_release(home=published).query(
        "from allocation.mart_allocation_reconciliation where basis = 'published'"
    )


def weight(rule, score, applied):
    return {
        "proportional": score * applied,
        "proportional_above_minimum": max(score - Fraction(13, 2), Fraction(0)) * applied,
        "equal_share_capped": Fraction(1),
        "score_share_capped": score,
    }[rule]


def awards_of(witness_id):
    """Return the reference's awards from the scores of a witness: organisation -> grant -> øre."""
    rows = [row for row in WITNESSES if row["witness_id"] == witness_id]
    [scenario] = {row["scenario_id"] for row in rows}
    rule, scope = SCENARIOS[scenario]["rule"], SCENARIOS[scenario]["scope"]
    units = [
        Unit(
            row["organisation_id"],
            row["grant_type_id"],
            Fraction(row["score"]),
            applied := int(100 * Fraction(row["applied_amount_kr"])),
            applied,
            0,
            weight(rule, Fraction(row["score"]), applied),
        )
        for row in rows
    ]
    pots = (
        [(POTS[grant], [u for u in units if u.grant_type_id == grant]) for grant in POTS]
        if scope == "grant_type"
        else [(sum(POTS.values()), units)]
    )
    found = defaultdict(dict)
    for pot, sharing in pots:
        for unit, award in zip(sharing, share_out(100 * pot, sharing).awards, strict=True):
            found[unit.organisation_id][unit.grant_type_id] = award
    return found


@pytest.mark.parametrize("witness_id", sorted({row["witness_id"] for row in WITNESSES}))
def test_a_witness_gives_the_print(reconciliation, witness_id):
    awards = awards_of(witness_id)
    assert set(awards) == set(RECOMMENDED)
    for organisation, printed in RECOMMENDED.items():
        in_millions = Decimal(sum(awards[organisation].values())) / 100 / MILLION
        assert in_millions.quantize(Decimal("0.1"), ROUND_HALF_UP) == printed
    assert sum(awards["am_hub"].values()) == 100 * cell(ANNEX, "t1.both.recommended.am_hub")
    for grant, pot in POTS.items():
        assert sum(by_grant[grant] for by_grant in awards.values()) == 100 * pot
    of_mart = reconciliation[reconciliation["witness_id"] == witness_id].dropna(subset="award_kr")
    assert len(of_mart) == 2 * len(awards)
    for organisation, award in zip(of_mart["organisation_id"], of_mart["award_kr"], strict=True):
        assert 100 * award == sum(awards[organisation].values())


def test_scores_of_witnesses_are_scores():
    scores = [Decimal(row["score"]) for row in WITNESSES]
    assert all(0 <= score <= 10 and score == round(score, 2) for score in scores)


def test_verdicts(reconciliation):
    verdicts = reconciliation[["scenario_id", "verdict"]].drop_duplicates()
    assert dict(verdicts.itertuples(index=False)) == {
        scenario: "cannot" if row["rule"] == "proportional" else "can"
        for scenario, row in SCENARIOS.items()
    }


def least_proportional_share(scope, reading):
    """Return the least share of the amount applied for that an application at the minimum gets.

    AM Hub's applications get their whole amounts, up to rounding. Their printed scores therefore
    show how low the level of a proportional rule can be.
    """
    levels = []
    for grant in POTS:
        applied = Fraction(cell(ANNEX, f"t1.{grant}.applied.am_hub"))
        award = applied - HALF_KRONE - 2 * HALF_KRONE
        score = Fraction(cell(ANNEX, f"t1.{grant}.score.am_hub")) + HALF_TENTH
        levels.append(award / (applied + HALF_KRONE) / score)
    return (min if scope == "grant_type" else max)(levels) * MINIMUM[reading]


@pytest.mark.parametrize("scope", ["grant_type", "call"])
@pytest.mark.parametrize(("reading", "impossible"), [("application", 8), ("organisation", 5)])
def test_strict_proportionality_cannot_give_the_print(reconciliation, scope, reading, impossible):
    least = least_proportional_share(scope, reading)
    too_much = {
        organisation
        for organisation, recommended in RECOMMENDED.items()
        if organisation != "am_hub"
        and least
        > (Fraction(recommended) + HALF_TENTH) / (Fraction(APPLIED[organisation]) - HALF_TENTH)
    }
    assert len(too_much) == impossible
    rows = reconciliation[
        (reconciliation["scenario_id"] == f"proportional_by_{scope}")
        & (reconciliation["minimum_unit"] == reading)
        & (reconciliation["outcome"] == "recommended")
    ].set_index("organisation_id")
    assert set(rows.index[rows["is_impossible"].astype(bool)]) == too_much
    for organisation in set(RECOMMENDED) - {"am_hub"}:
        assert abs(Fraction(rows["given_share_lowest"][organisation]) - least) < Fraction(1, 10**6)
    assert set(rows["lambda_lowest_organisation_id"]) == {"am_hub"}
    assert set(rows["lambda_highest_organisation_id"]) == {"odense_robotics"}
    assert (rows["lambda_lowest"] > rows["lambda_highest"]).all()


def reckoned(calculation):
    """Compute the exact value of a text with numbers, + - * / and brackets."""

    def value(node):
        if isinstance(node, ast.Constant):
            return Fraction(str(node.value))
        return OPERATIONS[type(node.op)](value(node.left), value(node.right))

    return value(ast.parse(calculation, mode="eval").body)


def test_every_calculation_gives_the_side_it_stands_for(proof):
    """The calculation in each row gives the result that the row states."""
    typed = proof.dropna(subset="calculation")
    assert len(typed) > 200
    for _, row in typed.iterrows():
        side = row["right_value" if row["step_id"] == "lambda_between" else "left_value"]
        result = reckoned(row["calculation"])
        if row["step_id"] == "share_at_least":
            result = min(result, 1)
        rounding = Fraction(1, 200) if row["step_id"] == "times_as_steep" else Fraction(1, 10**6)
        assert abs(result - Fraction(side)) <= rounding * max(1, abs(result))


def test_a_rule_that_can_is_steeper_or_looks_at_no_scores(proof):
    times = proof[proof["step_id"] == "times_as_steep"].set_index("minimum_unit")["left_value"]
    assert {reading: round(float(n), 1) for reading, n in times.items()} == {
        "application": 3.4,
        "organisation": 1.4,
    }
    below = proof[proof["step_id"] == "full_below_average"]
    assert set(below["grant_type_id"]) == set(POTS)
    assert below["holds"].all()


def test_on_the_sample_one_rule_gives_print_and_decision(sampled):
    rows = open_release(home=sampled).query(
        "select scenario_id from allocation.mart_allocation_reconciliation "
        "where basis = 'sample' group by scenario_id "
        "having bool_and(gives_print and gives_decision)"
    )
    assert list(rows["scenario_id"]) == ["proportional_above_minimum_by_grant_type"]

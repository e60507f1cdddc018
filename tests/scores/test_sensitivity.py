"""The sensitivity analysis of random calls equals a calculation that makes each draw separately."""

from collections import defaultdict
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random

import duckdb
import pyarrow as pa
import pytest

from klynge.lineage.workspace import run_models, workspace
from klynge.releases.models import read_models
from klynge.releases.reading import open_release
from tests.allocation.reference import Unit, share_out
from tests.scores.reference import Application, Call, Outcome, judge, rounded
from tests.scores.test_scoring import GIVEN, TABLES, random_call, rows
from tests.scores.trials import Numbers, Settings, either_way, scrambled, trials

CALLS, DRAWS = 40, 6
APPLICATIONS = "intermediate.int_sensitivity_applications"
AWARDS = "intermediate.int_sensitivity_awards"
SCORES = "intermediate.int_sensitivity_scores"
TURNING_SCORES = "intermediate.int_turning_scores"
RULES = (
    "proportional",
    "proportional_above_minimum",
    "equal_share_capped",
    "score_share_capped",
)
#: These tables, too, give columns their types. They have the rules by which a call shares its pots.
SHARING = """
    create table core.fct_reporting (
        basis varchar, dataset varchar, period_id varchar, is_reported boolean, rows_refused bigint
    );
    create schema staging;
    create table core.dim_grant_type as
        select call_id, grant_type_id, cast(pot_kr as decimal(18, 2)) as pot_kr from pots;
    create table core.dim_allocation_scenario as
        select call_id as scenario_id, call_id, rule, scope, true as is_call_rule,
            cast(cap_percent as decimal(8, 4)) as cap_percent,
            cast(cap_kr as decimal(18, 2)) as cap_kr,
            cast(floor_percent as decimal(8, 4)) as floor_percent,
            cast(null as decimal(18, 2)) as floor_kr
        from sharing;
    create table staging.stg_allocation_witnesses as
        select call_id as witness_id, call_id as scenario_id from sharing where false;
"""


@dataclass(frozen=True)
class Sharing:
    """A call shares its money with this rule, these pots, caps and floors.

    Pots and amounts are in whole kroner.
    """

    rule: str
    scope: str
    pots: dict[str, int]
    cap_percent: int | None
    cap_kr: int | None
    floor_percent: int | None


@pytest.fixture(scope="module")
def models(published):
    return read_models(open_release(home=published))


def random_sharing(chance: Random, call: Call) -> Sharing:
    return Sharing(
        rule=chance.choice(RULES),
        scope=chance.choice(["grant_type", "call"]),
        pots={grant: chance.randint(0, 12) for grant in call.weights},
        cap_percent=chance.choice([None, None, 70]),
        cap_kr=chance.choice([None, None, 2]),
        floor_percent=chance.choice([None, None, 20]),
    )


def random_settings(chance: Random, draws: int) -> Settings:
    return Settings(
        draws=draws,
        seed=chance.randrange(10**9),
        weight_spread=chance.choice([5, 20, 60]),
        score_error=chance.choice([Fraction(1, 2), Fraction(3)]),
    )


def tables(calls: list[Call], settings: list[Settings], sharings: list[Sharing]):
    made = rows(calls)
    parameters = made["parameters"].to_pylist()
    for number, one in enumerate(settings):
        parameters += [
            {"call_id": str(number), "parameter": f"sensitivity_{name}", "value": str(value)}
            for name, value in {
                "draws": one.draws,
                "seed": one.seed,
                "weight_spread_percent": one.weight_spread,
                "score_error": float(one.score_error),
            }.items()
        ]
    told = [
        {
            "call_id": str(number),
            "rule": one.rule,
            "scope": one.scope,
            "cap_percent": one.cap_percent,
            "cap_kr": one.cap_kr,
            "floor_percent": one.floor_percent,
        }
        for number, one in enumerate(sharings)
    ]
    return {
        **made,
        "parameters": pa.Table.from_pylist(parameters),
        "sharing": pa.Table.from_pylist(told),
        "pots": pa.Table.from_pylist(
            [
                {"call_id": str(number), "grant_type_id": grant, "pot_kr": pot}
                for number, one in enumerate(sharings)
                for grant, pot in one.pots.items()
            ]
        ),
    }


def analysed(models, calls, settings, sharings, wanted):
    """Run the models on random calls; return the rows of each wanted model."""
    given = GIVEN | {
        "core.dim_grant_type",
        "core.dim_allocation_scenario",
        "core.fct_reporting",
        "staging.stg_allocation_witnesses",
    }
    with workspace() as connection:
        for name, table in tables(calls, settings, sharings).items():
            connection.register(name, table)
        connection.execute(TABLES + SHARING)
        run_models(connection, models.build_plan(given, wanted))
        return [connection.execute(f"from {name}").to_arrow_table().to_pylist() for name in wanted]


def numbers_of(applications: list[dict]) -> dict[int, Numbers]:
    grants, places = defaultdict(dict), defaultdict(dict)
    for row in applications:
        number = int(row["call_id"])
        grants[number][row["grant_type_id"]] = row["grant_no"]
        places[number][row["organisation_id"], row["grant_type_id"]] = row["application_no"]
    return {number: Numbers(grants[number], places[number]) for number in grants}


def awards(call: Call, sharing: Sharing, outcomes: dict[tuple[str, str], Outcome]):
    """Return (organisation, grant) -> the exact award in øre.

    All awards are None if an application of the call has no score.
    """
    if any(outcome.mean is None for outcome in outcomes.values()):
        return dict.fromkeys(outcomes)
    applied = {(a.organisation_id, a.grant_type_id): a.applied * 100 for a in call.applications}
    found = dict.fromkeys(outcomes, Fraction(0))
    shared_by = [[grant] for grant in sharing.pots]
    for grants in [list(sharing.pots)] if sharing.scope == "call" else shared_by:
        keys = [k for k, outcome in outcomes.items() if outcome.selected and k[1] in grants]
        units = [unit(call, sharing, k, outcomes[k], int(applied[k])) for k in keys]
        pot = 100 * sum(sharing.pots[grant] for grant in grants)
        found |= dict(zip(keys, share_out(pot, units).exact, strict=True))
    return found


def unit(call: Call, sharing: Sharing, key, outcome: Outcome, applied: int) -> Unit:
    cap = floor = applied
    if sharing.cap_percent is not None:
        cap = min(cap, applied * sharing.cap_percent // 100)
    if sharing.cap_kr is not None:
        cap = min(cap, sharing.cap_kr * 100)
    floor = min(cap, -(-applied * (sharing.floor_percent or 0) // 100))
    above = max(outcome.score - (call.minimum_average or 0), Fraction(0))
    weight = {
        "proportional": outcome.score * applied,
        "proportional_above_minimum": above * applied,
        "score_share_capped": outcome.score,
        "equal_share_capped": Fraction(1),
    }[sharing.rule]
    return Unit(*key, outcome.score, applied, cap, floor, weight)


def coarse(call: Call, decimals: int) -> Call:
    """Round the scores of a call to few decimals, so that all changes of a score can be tried."""
    return replace(
        call,
        score_decimals=min(call.score_decimals, decimals),
        criterion_decimals=min(call.criterion_decimals, decimals),
        applications=[
            replace(one, stated=None if one.stated is None else rounded(one.stated, decimals))
            for one in call.applications
        ],
    )


def test_draws_come_out_as_one_by_one(models):
    chance = Random(2025)  # noqa: S311 - a test's
    calls = [coarse(random_call(chance), 2) for _ in range(CALLS)]
    settings = [random_settings(chance, DRAWS) for _ in calls]
    sharings = [random_sharing(chance, call) for call in calls]
    wanted = [APPLICATIONS, SCORES, AWARDS]
    applications, scores, given = analysed(models, calls, settings, sharings, wanted)
    number_of = {row["application_no"]: int(row["call_id"]) for row in applications}
    score = {(row["application_no"], row["trial"]): row["score"] for row in scores}
    found = {(row["application_no"], row["trial"]): row for row in given if row["trial"] >= 0}
    seen, turned = 0, 0
    for number, numbers in numbers_of(applications).items():
        judged = judge(calls[number])
        for trial, tried, outcomes in trials(calls[number], settings[number], numbers):
            exact = awards(tried, sharings[number], outcomes)
            for key, application_no in numbers.applications.items():
                outcome, row = outcomes[key], found[application_no, trial]
                where = (number, trial, key, tried, sharings[number])
                assert Fraction(score[application_no, trial], 10_000) == outcome.score, where
                assert row["minimum_met"] == outcome.minimum_met, where
                assert row["selected"] == outcome.selected, where
                if exact[key] is None:
                    assert row["award_ore"] is None, where
                else:
                    assert abs(row["award_ore"] - exact[key]) < Fraction(501, 1000), where
                seen += 1
                turned += outcome.selected != judged[key].selected
    assert seen == len(found) > 1000
    assert turned > 50
    assert {number_of[application_no] for application_no, _ in found} == set(
        numbers_of(applications)
    )


def test_the_smallest_change_of_a_score_is_the_smallest(models):
    chance = Random(11)  # noqa: S311 - a test's
    calls = [coarse(random_call(chance), 1) for _ in range(12)]
    settings = [random_settings(chance, 1) for _ in calls]
    sharings = [random_sharing(chance, call) for call in calls]
    wanted = [APPLICATIONS, TURNING_SCORES]
    applications, turns = analysed(models, calls, settings, sharings, wanted)
    named = {row["application_no"]: row for row in applications}
    smallest = {}
    for turn in turns:
        if turn["application_no"] is not None:
            row = named[turn["application_no"]]
            key = (int(row["call_id"]), row["organisation_id"], row["grant_type_id"])
            change = Fraction(abs(turn["score_to"] - turn["score_from"]), 10_000)
            smallest[key] = min(change, smallest.get(key, change))
    by_hand = {}
    for number, numbers in numbers_of(applications).items():
        judged = judge(calls[number])
        for change, outcomes in single_changes(calls[number], numbers):
            for key in numbers.applications:
                if outcomes[key].selected != judged[key].selected:
                    by_hand[number, *key] = min(change, by_hand.get((number, *key), change))
    assert smallest == by_hand
    assert len(by_hand) > 20


def single_changes(call: Call, numbers: Numbers):
    """Yield every single change of a score, with its size and its outcome."""
    call = replace(
        call,
        applications=[
            replace(
                one,
                scores={
                    c: [rounded(Fraction(sum(s), len(s)), call.criterion_decimals)]
                    for c, s in one.scores.items()
                },
            )
            for one in call.applications
        ],
    )
    for place, one in enumerate(call.applications):
        if (one.organisation_id, one.grant_type_id) not in numbers.applications:
            continue
        decimals = call.criterion_decimals if one.scores else call.score_decimals
        for criterion in one.scores or [None]:
            score = one.scores[criterion][0] if one.scores else one.stated
            for step in range(10 * 10**decimals + 1):
                other = Fraction(step, 10**decimals)
                changed = replace(call, applications=list(call.applications))
                changed.applications[place] = with_score(one, criterion, other)
                yield abs(other - score), judge(changed)


def with_score(one: Application, criterion: str | None, score: Fraction) -> Application:
    if criterion is None:
        return replace(one, stated=score)
    return replace(one, scores={**one.scores, criterion: [score]})


def test_what_varies_nothing_is_the_call_as_it_is(sampled):
    """Trial 0 has the same scores, outcomes and awards as the models outside the analysis."""
    release = open_release(home=sampled)
    with duckdb.connect(str(release.whole_database), read_only=True) as connection:
        found = connection.execute(
            f"""
            select s.basis, t.minimum_met = s.minimum_met, t.selected = s.selected,
                abs(t.award_ore - 100 * m.recommended_amount_kr)
            from {AWARDS} t
            join {APPLICATIONS} a using (application_no)
            join intermediate.int_scored_applications s
                using (call_id, basis, organisation_id, grant_type_id)
            left join allocation.mart_allocation m
                on m.call_id = s.call_id and m.basis = s.basis
                and m.organisation_id = s.organisation_id and m.grant_type_id = s.grant_type_id
            where t.trial = 0
            """
        ).fetchall()
    assert all(minimum and selected for _, minimum, selected, _ in found)
    differences = [difference for basis, _, _, difference in found if basis == "sample"]
    # awards may differ by one øre, because mart_allocation distributes the remainders
    assert len(differences) == 28
    assert max(differences) <= 1


class TestChance:
    """The random numbers are evenly distributed and uncorrelated."""

    DRAWS = 20_000

    def errors(self, place: int, most: int = 50) -> list[int]:
        chances = (scrambled(2025 * 40503 + trial) for trial in range(self.DRAWS))
        return [either_way(scrambled(chance + 40503 * (64 + place)), most) for chance in chances]

    def test_every_value_is_as_likely_as_the_others(self):
        for place in range(1, 9):
            counts = defaultdict(int)
            for error in self.errors(place):
                counts[error] += 1
            assert sorted(counts) == list(range(-50, 51))
            expected = self.DRAWS / 101
            chi_square = sum((count - expected) ** 2 / expected for count in counts.values())
            # chi-square with 100 degrees of freedom is outside this range once in ten thousand
            # times
            assert 55 < chi_square < 162, place

    def test_criteria_do_not_follow_each_other(self):
        errors = [self.errors(place) for place in range(1, 9)]
        errors += [[*errors[0][1:], errors[0][0]]]  # also compare each draw with the next
        spread = 50 * 51 / 3
        for n, one in enumerate(errors):
            for other in errors[:n]:
                together = sum(a * b for a, b in zip(one, other, strict=True)) / self.DRAWS
                assert abs(together / spread) < 4.5 / self.DRAWS**0.5

    def test_seeds_and_trials_differ(self):
        assert len({scrambled(n) for n in range(200_000)}) == 200_000


def test_published_order_turns_as_often_as_can_be_worked_out(published):
    """Two applicants have four scores, each with 101 possible errors.

    All combinations can be counted.
    """
    share = {0: Fraction(1)}
    for _ in range(4):
        sums = defaultdict(Fraction)
        for total, part in share.items():
            for error in range(-50, 51):
                sums[total + error] += part / 101
        share = sums
    # the sums 7.5 + 7.4 and 7.67 + 7 differ by 0.23; if means are equal, the smaller amount wins
    expected = float(sum(part for total, part in share.items() if total > 23))
    order = (
        open_release(home=published)
        .table("mart_score_sensitivity")
        .query(
            "basis == 'published' and varied == 'scores' and order_changed_percent.notnull()"
            " and area_id != 'all'"
        )
    )
    (percent,), (draws,) = order.order_changed_percent, order.draws
    assert abs(float(percent) / 100 - expected) < 4 * (expected * (1 - expected) / draws) ** 0.5
    weights = (
        open_release(home=published)
        .table("mart_score_sensitivity")
        .query(
            "basis == 'published' and varied == 'weights' and area_id != 'all'"
            " and organisation_id == 'denmark'"
        )
    )
    assert [float(weights.value_to.iloc[0]), int(weights.order_changed_draws.iloc[0])] == [
        70.175439,
        0,
    ]

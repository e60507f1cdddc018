"""Random pots: the release's SQL and a reference calculation give the same awards.

Each run of the SQL has a hundred pots from one seed. A failed assertion shows the pot.
"""

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.allocation.chain import Pot, allocate
from tests.allocation.reference import Unit, share_out

#: The number of pots in each run of the SQL. The 25 runs of a test share 2,500 pots.
POTS = 100
several_runs = settings(max_examples=25)
#: The largest amount that may be applied for, in øre.
LARGEST = 10**12

CHANCES = st.integers(0, 2**32).map(Random)

RULES = {
    "proportional": lambda score, applied: score * applied,
    "proportional_above_minimum": lambda score, applied: max(score - 65_000, 0) * applied,
    "equal_share_capped": lambda _score, _applied: 10_000,
    "score_share_capped": lambda score, _applied: score,
}
#: Scores in ten-thousandths of a point. Some are at the minimum, and some differ by one unit.
SCORES = (0, 50_000, 65_000, 65_001, 74_000, 75_000, 76_700, 100_000)


def pot(chance, *, bounds=True, rules=tuple(RULES), scores=SCORES, best=100_000):
    """Draw a pot of up to six units.

    Without ``bounds``, the amount applied for is the only cap.
    """
    weight = RULES[chance.choice(rules)]
    largest = chance.choice([3, 100, LARGEST])
    units = []
    for number in range(chance.randint(0, 6)):
        applied = chance.randint(1, largest)
        score = chance.choice((*scores, chance.randint(0, best)))
        cap = chance.choice([applied, chance.randint(0, applied)]) if bounds else applied
        floor = chance.choice([0, 0, cap, chance.randint(0, cap)]) if bounds else 0
        units.append(
            Unit(
                organisation_id=f"{chance.choice('ab')}{number}",
                grant_type_id="cluster",
                score=Fraction(score, 10_000),
                applied=applied,
                cap=cap,
                floor=floor,
                weight=Fraction(weight(score, applied)),
            )
        )
    floors, caps = sum(u.floor for u in units), sum(u.cap for u in units)
    edges = [0, floors, max(floors - 1, 0), caps, caps + 1, max(caps - 1, 0)]
    within = [chance.randint(floors, caps) for _ in edges]
    return Pot(chance.choice(edges + within), tuple(units))


def batches(**options):
    """Lists of random pots."""
    return CHANCES.map(lambda chance: [pot(chance, **options) for _ in range(POTS)])


@several_runs
@given(batches())
def test_awards_are_those_of_the_reference(models, batch):
    for one, given_by_sql in zip(batch, allocate(models, batch), strict=True):
        expected = share_out(one.ore, list(one.units))
        assert given_by_sql.level == expected.level, one
        assert [award.exact for award in given_by_sql.awards] == expected.exact, one
        assert [award.ore for award in given_by_sql.awards] == expected.awards, one


@several_runs
@given(batches())
def test_awards_keep_to_their_bounds_and_spend_the_pot(models, batch):
    for one, shared in zip(batch, allocate(models, batch), strict=True):
        awards = [award.ore for award in shared.awards]
        if shared.state == "floors_exceed_pot":
            assert sum(u.floor for u in one.units) > one.ore
            assert not any(awards), one
            continue
        if one.ore:
            for unit, award in zip(one.units, awards, strict=True):
                assert unit.floor <= award <= unit.cap <= unit.applied, one
        most = sum(u.cap if u.weight else u.floor for u in one.units)
        assert sum(awards) == min(one.ore, most), one


@several_runs
@given(batches(bounds=False, rules=("proportional",)))
def test_a_better_score_never_gets_a_smaller_share(models, batch):
    for one, shared in zip(batch, allocate(models, batch), strict=True):
        shares = sorted(
            (unit.score, award.exact / unit.applied)
            for unit, award in zip(one.units, shared.awards, strict=True)
        )
        assert [share for _, share in shares] == sorted(share for _, share in shares), one


@several_runs
@given(batches(), CHANCES)
def test_order_of_rows_and_names_of_equals_do_not_matter(models, batch, chance):
    shuffled = [Pot(one.ore, tuple(chance.sample(one.units, len(one.units)))) for one in batch]
    renamed = [
        Pot(
            one.ore,
            tuple(
                replace(unit, organisation_id=name)
                for unit, name in zip(
                    one.units, chance.sample("uvwxyz", len(one.units)), strict=True
                )
            ),
        )
        for one in batch
    ]
    in_order = allocate(models, batch)
    for one, shared, other, again in zip(
        batch, in_order, shuffled, allocate(models, shuffled), strict=True
    ):
        by_unit = dict(zip(one.units, shared.awards, strict=True))
        assert by_unit == dict(zip(other.units, again.awards, strict=True)), one
    for one, shared, again in zip(batch, in_order, allocate(models, renamed), strict=True):
        # units with equal score and amount are ordered by name, so either can get the øre
        assert [a.exact for a in shared.awards] == [a.exact for a in again.awards], one
        assert _among_equals(one, shared) == _among_equals(one, again), one


def _among_equals(one, shared):
    return Counter(
        (unit.score, unit.applied, award)
        for unit, award in zip(one.units, shared.awards, strict=True)
    )


@several_runs
@given(
    batches(rules=("proportional", "score_share_capped"), scores=(), best=10_000),
    st.integers(2, 10),
)
def test_the_scale_of_scores_does_not_matter(models, batch, factor):
    scaled = [
        Pot(
            one.ore,
            tuple(
                replace(unit, score=unit.score * factor, weight=unit.weight * factor)
                for unit in one.units
            ),
        )
        for one in batch
    ]
    for one, shared, again in zip(
        batch, allocate(models, batch), allocate(models, scaled), strict=True
    ):
        assert shared.awards == again.awards, one
        assert shared.level == (None if again.level is None else again.level * factor), one

"""Compute the sensitivity analysis with exact fractions, each draw separately."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from tests.scores.reference import Application, Call, Outcome, judge, rounded

WHOLE = 10_000


@dataclass(frozen=True)
class Numbers:
    """The models give these numbers to the grants and the applications of a call.

    An application is identified by organisation and grant.
    """

    grants: dict[str, int]
    applications: dict[tuple[str, str], int]


@dataclass(frozen=True)
class Settings:
    """The parameters of a sensitivity analysis.

    ``weight_spread`` is in per cent, ``score_error`` in points.
    """

    draws: int
    seed: int
    weight_spread: int
    score_error: Fraction


def scrambled(number: int) -> int:
    """Turn a number into a pseudo-random number of 32 bits."""
    for _ in range(2):
        number &= 0xFFFFFFFF
        number = (number ^ number >> 16) * 73244475
    return number & 0xFFFFFFFF


def either_way(number: int, most: int) -> int:
    """Map a scrambled number to the range from -most to most."""
    return (number * (2 * most + 1) >> 32) - most


def trials(
    call: Call, settings: Settings, numbers: Numbers
) -> Iterator[tuple[int, Call, dict[tuple[str, str], Outcome]]]:
    """Yield each trial, counted from 0, with the changed call and its outcomes."""
    for trial in range(2 * settings.draws + 1):
        chance = scrambled(settings.seed * 40503 + trial)
        if trial == 0:
            tried = call
        elif trial <= settings.draws:
            tried = _other_weights(call, chance, settings, numbers)
        else:
            tried = _other_scores(call, chance, settings, numbers)
        yield trial, tried, judge(tried)


def _other_weights(call: Call, chance: int, settings: Settings, numbers: Numbers) -> Call:
    def factor(grant: str, place: int) -> int:
        number = scrambled(chance + 40503 * (64 * numbers.grants[grant] + place))
        return WHOLE + either_way(number, settings.weight_spread * 100)

    scored = {grant for _, grant in numbers.applications}
    return replace(
        call,
        weights={
            grant: {
                c: weights[c] * factor(grant, place)
                for place, c in enumerate(_places(call, grant), start=1)
            }
            if grant in scored
            else weights
            for grant, weights in call.weights.items()
        },
        grant_weights={grant: factor(grant, 0) for grant in numbers.grants},
    )


def _other_scores(call: Call, chance: int, settings: Settings, numbers: Numbers) -> Call:
    def varied(one: Application) -> Application:
        number = numbers.applications.get((one.organisation_id, one.grant_type_id))
        if number is None:
            return one
        decimals = call.criterion_decimals if one.scores else call.score_decimals

        def other(score: Fraction, place: int) -> Fraction:
            most = settings.score_error * 10**decimals // 1
            drawn = scrambled(chance + 40503 * (64 * number + place))
            error = Fraction(either_way(drawn, most), 10**decimals)
            return min(max(score + error, Fraction(0)), Fraction(10))

        places = {c: n for n, c in enumerate(_places(call, one.grant_type_id), start=1)}
        means = {
            c: rounded(Fraction(sum(s), len(s)), call.criterion_decimals)
            for c, s in one.scores.items()
        }
        return replace(
            one,
            scores={c: [other(mean, places[c])] for c, mean in means.items()},
            stated=None if one.stated is None else other(one.stated, 1),
        )

    return replace(call, applications=[varied(one) for one in call.applications])


def _places(call: Call, grant: str) -> list[str]:
    """Return the criteria of a grant that have scores, in the order of their ids."""
    scored = {c for one in call.applications if one.grant_type_id == grant for c in one.scores}
    return sorted(scored)

"""Compute awards with exact fractions, in rounds like a calculation by hand.

Each round shares the rest of the pot in proportion to the weights. A round compares two sums: the
amount above caps and the amount below floors. If the amount above caps is larger, the units above
their caps get their caps. Otherwise the units below their floors get their floors. The next round
shares the rest among the other units.
"""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Unit:
    """One application in a pot.

    Amounts are in whole øre. The weight is a fraction and at least 0.
    """

    organisation_id: str
    grant_type_id: str
    score: Fraction
    applied: int
    cap: int
    floor: int
    weight: Fraction


@dataclass(frozen=True)
class Shared:
    """The awards of a pot, exact and in whole øre.

    The awards are in the order of the units.
    """

    level: Fraction | None
    exact: list[Fraction]
    awards: list[int]


def share_out(pot: int, units: list[Unit]) -> Shared:
    """Share a pot of whole øre among units.

    The level is the award for a weight of 1. It is the highest level at which the awards fit into
    the pot. If the pot is enough for all caps, the level is the lowest one at which all units reach
    their caps. If nothing is shared by weight, the level is None.
    """
    nothing = Shared(None, [Fraction(0)] * len(units), [0] * len(units))
    if pot == 0 or not units or sum(u.floor for u in units) > pot:
        return nothing
    weighty = [u for u in units if u.weight > 0]
    floors_of_others = sum(u.floor for u in units if u.weight == 0)
    if not weighty:
        return Shared(None, [Fraction(u.floor) for u in units], [u.floor for u in units])
    if pot >= sum(u.cap for u in weighty) + floors_of_others:
        level = max(u.cap / u.weight for u in weighty)
        exact = [Fraction(u.cap if u.weight > 0 else u.floor) for u in units]
        return Shared(level, exact, [int(e) for e in exact])
    settled = _in_rounds(Fraction(pot - floors_of_others), weighty)
    exact = [settled.get(u, Fraction(u.floor)) for u in units]
    return Shared(_level(settled), exact, _in_whole_ore(pot, units, exact))


def _in_rounds(money: Fraction, units: list[Unit]) -> dict[Unit, Fraction]:
    settled: dict[Unit, Fraction] = {}
    while len(settled) < len(units):
        free = [u for u in units if u not in settled]
        rest = (money - sum(settled.values())) / sum(u.weight for u in free)
        dues = {u: rest * u.weight for u in free}
        kept = {u: min(max(due, Fraction(u.floor)), Fraction(u.cap)) for u, due in dues.items()}
        excess = sum(kept.values()) - sum(dues.values())
        settled |= {
            u: kept[u]
            for u in free
            if excess == 0
            or (excess < 0 and kept[u] < dues[u])
            or (excess > 0 and kept[u] > dues[u])
        }
    return settled


def _level(settled: dict[Unit, Fraction]) -> Fraction:
    between = [award / u.weight for u, award in settled.items() if u.floor < award < u.cap]
    if between:
        return between[0]
    return min(u.floor / u.weight for u, award in settled.items() if award < u.cap)


def _in_whole_ore(pot: int, units: list[Unit], exact: list[Fraction]) -> list[int]:
    """Round the awards down, and give each remaining øre to the largest remainder.

    Equal remainders are ordered by score, amount and name.
    """
    awards = [int(e) for e in exact]
    order = sorted(
        range(len(units)),
        key=lambda n: (
            awards[n] - exact[n],
            -units[n].score,
            -units[n].applied,
            units[n].organisation_id,
            units[n].grant_type_id,
        ),
    )
    for n in order[: pot - sum(awards)]:
        awards[n] += 1
    return awards

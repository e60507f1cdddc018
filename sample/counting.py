"""Whole numbers that add up: how totals are shared out, and who gets which part."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from math import ceil, floor
from typing import TypeVar

Key = TypeVar("Key")


def apportion(
    total: int, weights: Sequence[float], least: int = 0, most: Sequence[int] | None = None
) -> list[int]:
    """Share ``total`` out by weight, largest remainders first, within the bounds.

    Raises :class:`ValueError` where the bounds leave no way.
    """
    parts = [least] * len(weights)
    ceilings = most if most is not None else [total] * len(weights)
    rest = total - sum(parts)
    while rest > 0:
        room = [i for i, part in enumerate(parts) if part < ceilings[i] and weights[i] > 0]
        whole = sum(weights[i] for i in room)
        quotas = {i: min(rest * weights[i] / whole, ceilings[i] - parts[i]) for i in room}
        if not room:
            break
        given = sum(floor(q) for q in quotas.values())
        for i in room:
            parts[i] += floor(quotas[i])
        # what is left after whole shares goes by remainder, one each
        by_remainder = sorted(room, key=lambda i: floor(quotas[i]) - quotas[i])
        for i in by_remainder[: rest - given] if given < rest else ():
            if parts[i] < ceilings[i]:
                parts[i] += 1
        rest = total - sum(parts)
    if rest != 0:
        raise ValueError(f"{total} cannot be shared out among {len(weights)} within their bounds")
    return parts


def apportion_by(total: int, weights: Mapping[Key, float]) -> dict[Key, int]:
    """As :func:`apportion`, by name."""
    return dict(zip(weights, apportion(total, list(weights.values())), strict=True))


def counts_of_shares(printed: Mapping[Key, Decimal], whole: int) -> dict[Key, int]:
    """For each share printed in per cent with one decimal, the count that comes closest to it."""
    return {key: nearest(share * whole / 100) for key, share in printed.items()}


def counts_that_add_up(printed: Mapping[Key, Decimal], whole: int) -> dict[Key, int]:
    """Counts that add up to the whole and whose shares round to the printed ones."""
    half = Decimal("0.05")
    low = {k: ceil((share - half) * whole / 100) for k, share in printed.items()}
    high = {k: ceil((share + half) * whole / 100) - 1 for k, share in printed.items()}
    counts = counts_of_shares(printed, whole)
    while missing := whole - sum(counts.values()):
        step = 1 if missing > 0 else -1
        room = {k: (high[k] - n if step > 0 else n - low[k]) for k, n in counts.items()}
        widest = max(room, key=lambda k: room[k])
        if room[widest] <= 0:
            raise ValueError("no counts give the printed shares and their whole at once")
        counts[widest] += step
    return counts


def spread(count: int, places: int) -> list[bool]:
    """``count`` of the places, evenly spread."""
    return [(i + 1) * count // places > i * count // places for i in range(places)]


def tile(size: int, wants: Mapping[Key, int]) -> dict[Key, list[int]]:
    """Give each as many of the numbers below ``size`` as it wants, in one run around the circle.

    Nobody gets a number twice, and as long as the wants add up to ``size`` all are given.
    """
    start, windows = 0, {}
    for key, want in wants.items():
        if want > size:
            raise ValueError(f"{key} wants {want} of {size}")
        windows[key] = [(start + i) % size for i in range(want)]
        start += want
    return windows


def deal(people: Sequence[int], slots: Sequence[int]) -> Iterable[tuple[int, int]]:
    """Pairs of place and person: people come round in order, so that all get about as often a turn.

    Raises :class:`ValueError` where somebody would be left out or come twice to one place.
    """
    if not people and not sum(slots):
        return
    if sum(slots) < len(people) or max(slots) > len(people):
        raise ValueError(f"{len(people)} people do not fit {sum(slots)} slots")
    turn = 0
    for place, wanted in enumerate(slots):
        for _ in range(wanted):
            yield place, people[turn % len(people)]
            turn += 1


def nearest(value: Decimal) -> int:
    """The whole number nearest to a value, half away from zero."""
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))

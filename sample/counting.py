"""Divide totals into whole numbers, and assign these numbers."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import reduce
from math import ceil, floor
from operator import add
from typing import TypeVar

Key = TypeVar("Key")


def apportion(
    total: int, weights: Sequence[float], least: int = 0, most: Sequence[int] | None = None
) -> list[int]:
    """Divide ``total`` into whole parts by weight.

    Units that are left after rounding go to the parts with the largest remainders. Each part is at
    least ``least`` and at most its entry in ``most``. Example: ``apportion(10, [1, 1, 1]) == [4, 3,
    3]``.

    Raises :class:`ValueError` if no parts within these bounds add up to ``total``.
    """
    parts = [least] * len(weights)
    ceilings = most if most is not None else [total] * len(weights)
    while (rest := total - sum(parts)) > 0:
        room = [i for i, part in enumerate(parts) if part < ceilings[i] and weights[i] > 0]
        if not room:
            break
        _share_out(rest, parts, ceilings, {i: weights[i] for i in room})
    if rest != 0:
        raise ValueError(f"{total} cannot be shared out among {len(weights)} within their bounds")
    return parts


def _share_out(
    rest: int, parts: list[int], ceilings: Sequence[int], weights: Mapping[int, float]
) -> None:
    """Give every part its share of ``rest``, rounded down.

    The remaining units go to the parts with the largest remainders.
    """
    # from Python 3.12 on, `sum` corrects the rounding of floats; with `reduce`, every version of
    # Python gives the same sample
    whole = reduce(add, weights.values())
    quotas = {
        i: min(rest * weight / whole, ceilings[i] - parts[i]) for i, weight in weights.items()
    }
    given = sum(floor(quota) for quota in quotas.values())
    for i, quota in quotas.items():
        parts[i] += floor(quota)
    by_remainder = sorted(weights, key=lambda i: floor(quotas[i]) - quotas[i])
    for i in by_remainder[: max(rest - given, 0)]:
        if parts[i] < ceilings[i]:
            parts[i] += 1


def apportion_by(total: int, weights: Mapping[Key, float]) -> dict[Key, int]:
    """Like :func:`apportion`, but with named parts.

    Example: ``apportion_by(4, {"a": 3, "b": 1}) == {"a": 3, "b": 1}``.
    """
    return dict(zip(weights, apportion(total, list(weights.values())), strict=True))


def counts_from_shares(printed: Mapping[Key, Decimal], whole: int) -> dict[Key, int]:
    """Turn each share in per cent of ``whole`` into the nearest count.

    Example: 8.1 per cent of 4,000 is 324.
    """
    return {key: round_half_away(share * whole / 100) for key, share in printed.items()}


def counts_with_total(printed: Mapping[Key, Decimal], whole: int) -> dict[Key, int]:
    """Return counts that add up to ``whole`` and whose shares round to the printed shares.

    ``printed`` has shares in per cent with one decimal. Raises :class:`ValueError` if there are no
    such counts.
    """
    half = Decimal("0.05")
    low = {k: ceil((share - half) * whole / 100) for k, share in printed.items()}
    high = {k: ceil((share + half) * whole / 100) - 1 for k, share in printed.items()}
    counts = counts_from_shares(printed, whole)
    while missing := whole - sum(counts.values()):
        step = 1 if missing > 0 else -1
        room = {k: (high[k] - n if step > 0 else n - low[k]) for k, n in counts.items()}
        widest = max(room, key=lambda k: room[k])
        if room[widest] <= 0:
            raise ValueError("no counts give the printed shares and their whole at once")
        counts[widest] += step
    return counts


def evenly_spaced(count: int, places: int) -> list[bool]:
    """Mark ``count`` of ``places`` places at even distances.

    Example: ``evenly_spaced(2, 6) == [False, False, True, False, False, True]``.
    """
    return [(i + 1) * count // places > i * count // places for i in range(places)]


def overlapping_windows(size: int, wants: Mapping[Key, int]) -> dict[Key, list[int]]:
    """Give each key as many of the numbers 0 to ``size - 1`` as it wants.

    The numbers form a circle. Each key gets a run of numbers that begins where the previous run
    ended, so no key gets a number twice. If the wants add up to at least ``size``, every number is
    given to at least one key. Example:
    ``overlapping_windows(3, {"a": 2, "b": 2}) == {"a": [0, 1], "b": [2, 0]}``.

    Raises :class:`ValueError` for a key that wants more than ``size``.
    """
    start, windows = 0, {}
    for key, want in wants.items():
        if want > size:
            raise ValueError(f"{key} wants {want} of {size}")
        windows[key] = [(start + i) % size for i in range(want)]
        start += want
    return windows


def assign_in_turn(people: Sequence[int], slots: Sequence[int]) -> Iterable[tuple[int, int]]:
    """Fill slots with people in turn; yield pairs (position of the slot, person).

    ``slots`` says how many people each slot takes. Example: ``assign_in_turn([7, 8], [1, 2])``
    yields ``(0, 7), (1, 8), (1, 7)``.

    Raises :class:`ValueError` if a person would get no slot, or the same slot twice.
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


def round_half_away(value: Decimal) -> int:
    """Round to the nearest whole number; halves are rounded away from zero."""
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))

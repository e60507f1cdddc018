"""Members: participants that pay dues, some to several organisations."""

from collections.abc import Iterator
from random import Random

from sample.counting import counts_of_shares
from sample.people import Cast
from sample.targets import YEARS, Targets


def members(targets: Targets, cast: Cast, seed: int) -> dict[str, list[int]]:
    """Members by organisation, as positions in the cast: shares and unique total as printed."""
    random = Random(f"{seed}/members")
    total = targets.count("t2.total.members")
    wanted = counts_of_shares(targets.shares("members"), total)
    joined: dict[str, list[int]] = {organisation: [] for organisation in wanted}
    saved = sum(wanted.values()) - total
    for who, organisations in _reached_by_several(cast, random):
        # one who is a member of several organisations is one member less in all
        if len(organisations) - 1 <= saved and all(
            len(joined[o]) < wanted[o] for o in organisations
        ):
            saved -= len(organisations) - 1
            for organisation in organisations:
                joined[organisation].append(who)
    if saved:
        raise ValueError(f"{saved} members too many: too few are reached by several organisations")
    taken = {who for found in joined.values() for who in found}
    for organisation, reach in cast.reach.items():
        alone = reach.own_outside + reach.own_area
        random.shuffle(alone)
        # where its own companies are too few, others that are members nowhere else
        alone += [who for who in reach.shared + reach.foreign_companies if who not in taken]
        more = alone[: wanted[organisation] - len(joined[organisation])]
        joined[organisation] += more
        taken.update(more)
    return joined


def _reached_by_several(cast: Cast, random: Random) -> Iterator[tuple[int, list[str]]]:
    """Institutions first, then companies, with the organisations that reach them."""
    by_participant: dict[int, list[str]] = {}
    for organisation, reach in cast.reach.items():
        for who in (*reach.others["university"], *reach.others["gts"], *reach.shared):
            by_participant.setdefault(who, []).append(organisation)
    several = [(who, found) for who, found in by_participant.items() if len(found) > 1]
    random.shuffle(several)
    yield from sorted(several, key=lambda item: cast.participants[item[0]].participant_type,
                      reverse=True)  # fmt: skip


def dues(targets: Targets, joined: dict[str, list[int]]) -> dict[str, int]:
    """Yearly dues in kroner by organisation: a part of its private money."""
    share = targets.choice("dues") / 100
    return {
        o: max(500, 100 * int(share * 10_000 * float(targets.value(f"t7.{o}.private"))
                              / (len(who) * len(YEARS))))
        for o, who in joined.items()
    }  # fmt: skip

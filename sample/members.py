"""Choose the members: participants that pay dues, some of them to several organisations."""

from collections.abc import Iterator
from random import Random

from sample.counting import counts_from_shares
from sample.people import ParticipantPlan
from sample.targets import YEARS, Targets

#: Organisation -> its members, as positions in the participant plan.
Members = dict[str, list[int]]


def assign_members(targets: Targets, plan: ParticipantPlan, seed: int) -> Members:
    """Choose the members of each organisation.

    The shares of the organisations and the number of different members equal the printed ones.
    Raises :class:`ValueError` if too few participants are reached by several organisations.
    """
    random = Random(f"{seed}/members")
    total = targets.count("t2.total.members")
    wanted = counts_from_shares(targets.shares("members"), total)
    members: Members = {organisation: [] for organisation in wanted}
    _assign_shared_members(members, wanted, total, _reached_by_several(plan, random))
    taken = {member for of_organisation in members.values() for member in of_organisation}
    for organisation, reach in plan.reach.items():
        candidates = reach.own_outside + reach.own_area
        random.shuffle(candidates)
        # if this organisation alone reaches too few companies, take others that are not yet members
        candidates += [i for i in reach.shared + reach.foreign_companies if i not in taken]
        more = candidates[: wanted[organisation] - len(members[organisation])]
        members[organisation] += more
        taken.update(more)
    return members


def _assign_shared_members(
    members: Members,
    wanted: dict[str, int],
    total: int,
    candidates: Iterator[tuple[int, list[str]]],
) -> None:
    """Give members to several organisations at once until there are ``total`` different members.

    A member of n organisations counts n times in ``wanted``, but only once in ``total``.
    """
    surplus = sum(wanted.values()) - total
    for participant, organisations in candidates:
        has_room = all(len(members[o]) < wanted[o] for o in organisations)
        if len(organisations) - 1 <= surplus and has_room:
            surplus -= len(organisations) - 1
            for organisation in organisations:
                members[organisation].append(participant)
    if surplus:
        raise ValueError(
            f"{surplus} members too many: too few participants are reached by several organisations"
        )


def _reached_by_several(plan: ParticipantPlan, random: Random) -> Iterator[tuple[int, list[str]]]:
    """Yield the participants that several organisations reach, each with these organisations.

    Institutions come first, then companies.
    """
    by_participant: dict[int, list[str]] = {}
    for organisation, reach in plan.reach.items():
        for i in (*reach.others["university"], *reach.others["gts"], *reach.shared):
            by_participant.setdefault(i, []).append(organisation)
    several = [item for item in by_participant.items() if len(item[1]) > 1]
    random.shuffle(several)
    yield from sorted(
        several, key=lambda item: plan.participants[item[0]].participant_type, reverse=True
    )


def yearly_dues(targets: Targets, members: Members) -> dict[str, int]:
    """Return the yearly dues of one member in kroner, by organisation.

    All dues of an organisation together are a fixed share of its private money. The dues of a
    member are at least 500 kr.
    """
    share = targets.choice("dues") / 100
    dues = {}
    for organisation, of_organisation in members.items():
        private_millions = float(targets.value(f"t7.{organisation}.private"))
        payments = len(of_organisation) * len(YEARS)
        dues[organisation] = max(500, 100 * int(share * 10_000 * private_millions / payments))
    return dues

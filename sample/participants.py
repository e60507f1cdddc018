"""Plan the participants, and which organisations reach each of them.

An organisation reaches a participant that takes part in its activities. The companies of an area
are reached only by the area's own organisation. Companies outside the areas, institutions,
authorities and foreigners come from pools that several organisations share. Each organisation takes
a run of positions in a pool (see :func:`sample.counting.overlapping_windows`), so every participant
in the pool is reached. The smaller the pool, the more of its participants are reached by several
organisations.
"""

from collections import defaultdict
from random import Random

from sample.activities import ActivityPlan
from sample.companies import companies_above
from sample.counting import apportion, counts_from_shares, overlapping_windows
from sample.industries import codes_of_area, codes_outside, industry_roles, shared_code
from sample.people import INSTITUTIONS, Participant, ParticipantPlan, Reach, institution_pool
from sample.targets import Targets
from sample.traits import assign_traits
from sample.years import assign_years


def plan_participants(targets: Targets, plan: ActivityPlan, seed: int) -> ParticipantPlan:
    """Plan all participants, so that each organisation reaches the printed number of them."""
    return _Planner(targets, plan, Random(f"{seed}/participants")).plan_participants()


class _Planner:
    def __init__(self, targets: Targets, plan: ActivityPlan, random: Random) -> None:
        self.targets, self.plan, self.random = targets, plan, random
        self.participants: list[Participant] = []
        self.reach = {organisation: Reach() for organisation in targets.organisations}

    def plan_participants(self) -> ParticipantPlan:
        total = self.targets.count("t2.total.participants")
        reached = counts_from_shares(self.targets.shares("participants"), total)
        self._add_others(reached)
        outside = {}
        for organisation, reach in self.reach.items():
            others = len(reach.foreign_companies) + sum(map(len, reach.others.values()))
            companies = reached[organisation] - others
            own = round(companies * self.targets.choice("own_area")[organisation] / 100)
            self._add_own_area(organisation, own)
            outside[organisation] = self._by_division(organisation, companies - own)
        self._add_outside(outside, total)
        for organisation, reach in self.reach.items():
            assign_years(self.targets, organisation, reach, self.random)
        assign_traits(self.targets, self.participants, self.reach, self.random)
        roles = {
            organisation: industry_roles(self.targets, organisation) for organisation in reached
        }
        return ParticipantPlan(self.participants, self.reach, roles)

    def _add(self, participants: list[Participant]) -> int:
        """Add participants to the plan; return the position of the first one."""
        first = len(self.participants)
        self.participants += participants
        return first

    # institutions, authorities, foreigners

    def _add_others(self, reached: dict[str, int]) -> None:
        wants: dict[str, dict[str, int]] = defaultdict(dict)
        for organisation in self.reach:
            for pool, want in self._wants(organisation, reached[organisation]).items():
                wants[pool][organisation] = want
        for pool, by_organisation in wants.items():
            size = min(self.targets.choice("pools")[pool], sum(by_organisation.values()))
            first = self._add([self._from_pool(pool, i) for i in range(size)])
            for organisation, window in overlapping_windows(size, by_organisation).items():
                positions = [first + i for i in window]
                if pool == "foreign_company":
                    self.reach[organisation].foreign_companies = positions
                else:
                    self.reach[organisation].others[pool] = positions

    def _wants(self, organisation: str, reached: int) -> dict[str, int]:
        """Return how many participants of each pool an organisation reaches.

        This method also stores the number of participations by pool in the organisation's reach.
        """
        reach, pools = self.reach[organisation], self.targets.choice("pools")
        types = self.plan[organisation].values()
        shares = self.targets.choice("foreign_share", organisation)
        wants: dict[str, int] = {}
        for kind, share in self.targets.choice("other_participants").items():
            wants[kind] = min(max(6, round(share * reached / 100)), pools[kind])
            reach.slots[kind] = 3 * wants[kind]
        for kind, share in self.targets.choice("institution_reach")[organisation].items():
            pool = institution_pool(kind)
            reach.slots[pool] = round(share * sum(t.activities for t in types) / 100)
            wants[pool] = min(pools[pool], reach.slots[pool])
        # the printed shares are shares of participations, and foreigners take part several times
        reach.foreign_slots = round(shares["company"] * sum(t.companies for t in types) / 100)
        wants["foreign_company"] = round(0.4 * reach.foreign_slots)
        share = shares["cluster_organisation"] / 100
        slots = round(reach.slots["cluster_organisation"] * share / (1 - share))
        reach.slots["foreign_cluster_organisation"] = slots
        wants["foreign_cluster_organisation"] = round(0.5 * slots)
        danish = sum(reach.slots[institution_pool(kind)] for kind in INSTITUTIONS)
        universities = reach.slots["university"] + sum(t.institutions for t in types) - danish
        wants["foreign_university"] = int(0.3 * shares["university"] / 100 * universities)
        return wants

    def _from_pool(self, pool: str, number: int) -> Participant:
        countries = self.targets.choice("foreign_countries")
        country = countries[number % len(countries)] if pool.startswith("foreign") else "DK"
        kind = pool.removeprefix("foreign_")
        if kind == "company":
            return Participant("company", country, size_band="unknown", startup=False)
        for institution in INSTITUTIONS:
            if kind == institution_pool(institution):
                return Participant("knowledge_institution", country, institution)
        return Participant(kind, country)

    # Danish companies

    def _add_own_area(self, organisation: str, count: int) -> None:
        """Add companies of the area: first those of 2021, then some that take part only later."""
        others, taking_part = self.targets.populations(organisation)
        places = [(1, place) for place in range(taking_part.companies)]
        places += [(0, place) for place in companies_above(others)]
        codes = codes_of_area(self.targets, organisation, count)
        self.random.shuffle(codes)
        first = self._add(
            [
                Participant("company", industry_code=code, register=place)
                for code, place in zip(codes, places, strict=False)
            ]
        )
        self.reach[organisation].own_area = [first + i for i in range(count)]

    def _by_division(self, organisation: str, outside: int) -> dict[int, int]:
        """Count the companies outside the area by division of table 5.

        The key 0 stands for all other divisions.
        """
        divisions = self.targets.outside_divisions(organisation)
        shares = self.targets.choice("division_shares")
        shares = shares.get(organisation, shares[len(divisions)])
        counts = {d: round(outside * s / 100) for d, s in zip(divisions, shares, strict=True)}
        return {**counts, 0: outside - sum(counts.values())}

    def _add_outside(self, counts: dict[str, dict[int, int]], total: int) -> None:
        """Add companies outside the areas.

        Several organisations share some of these companies. The number of shared companies is
        chosen so that there are ``total`` participants.
        """
        shared: dict[int, dict[str, int]] = defaultdict(dict)
        for organisation, by_division in counts.items():
            share = self.targets.choice("shared_share", organisation) / 100
            for division, count in by_division.items():
                if division:
                    shared[division][organisation] = round(share * count)
                    by_division[division] -= shared[division][organisation]
        own = sum(sum(by_division.values()) for by_division in counts.values())
        least = [max(wants.values()) for wants in shared.values()]
        most = [sum(wants.values()) for wants in shared.values()]
        room = [high - low for low, high in zip(least, most, strict=True)]
        more = apportion(total - len(self.participants) - own - sum(least), room, 0, room)
        for (division, wants), low, extra in zip(shared.items(), least, more, strict=True):
            self._add_shared(division, wants, low + extra)
        for organisation, by_division in counts.items():
            self._add_own_outside(organisation, by_division)

    def _add_shared(self, division: int, wants: dict[str, int], size: int) -> None:
        codes = [shared_code(division, i) for i in range(size)]
        first = self._add([Participant("company", industry_code=code) for code in codes])
        for organisation, window in overlapping_windows(size, wants).items():
            self.reach[organisation].shared += [first + i for i in window]

    def _add_own_outside(self, organisation: str, counts: dict[int, int]) -> None:
        reach = self.reach[organisation]
        present = {self.participants[i].industry_code for i in reach.own_area + reach.shared}
        codes = codes_outside(self.targets, organisation, counts, present)
        self.random.shuffle(codes)
        first = self._add([Participant("company", industry_code=code) for code in codes])
        reach.own_outside = [first + i for i in range(len(codes))]

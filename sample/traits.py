"""Assign traits to Danish companies: whether they are startups, their size and legal form."""

from collections import Counter
from decimal import Decimal
from random import Random

from sample.companies import companies_above, middle_companies, size_band
from sample.counting import apportion_by, evenly_spaced
from sample.people import Participant, Reach
from sample.targets import YEARS, Targets

#: Trait -> the value without a share in choices.yml. Its share is 100 per cent minus the shares of
#: the other values.
_REST = {"size_band": "under_50", "legal_form": "other"}
#: The key says whether the organisation has many large companies. The values are two percentages of
#: the companies above the medians: how many are large, and how many are medium-sized.
_ABOVE = {True: (25, 40), False: (10, 33)}


def assign_traits(
    targets: Targets, participants: list[Participant], reach: dict[str, Reach], random: Random
) -> None:
    """Give every Danish company its traits, so that each organisation has the printed shares."""
    _TraitAssignment(targets, participants, reach, random).give()


class _TraitAssignment:
    def __init__(
        self,
        targets: Targets,
        participants: list[Participant],
        reach: dict[str, Reach],
        random: Random,
    ) -> None:
        self.targets, self.participants, self.reach = targets, participants, reach
        self.random = random

    def give(self) -> None:
        startups = self._startups()
        for reach in self.reach.values():
            for i in reach.danish_companies:
                self.participants[i].startup = i in startups
        for i in startups:
            self.participants[i].size_band = "under_50"
        self._give_shared()
        for organisation in self.reach:
            self._give_sizes_of_register(organisation)
            for trait in _REST:
                self._fill(trait, organisation)

    def _startups(self) -> set[int]:
        """Choose the startups.

        The report prints the number of startups in 2021 and in 2023 for two groups of
        organisations: those whose number fell, and those whose number rose. The chosen startups
        have these totals.
        """
        falling = set(self.targets.choice("fewer_startups"))
        found: set[int] = set()
        for group, line in ((falling, 2120), (set(self.reach) - falling, 2123)):
            room = {o: self._room_for_startups(o) for o in self.reach if o in group}
            first, last = (
                apportion_by(self.targets.count(f"prose.l{line}.startups_{year}"), room)
                for year in (2021, 2023)
            )
            for organisation in room:
                between = (first[organisation] + last[organisation]) // 2
                wanted = (first[organisation], between, last[organisation])
                found |= self._startups_of(organisation, dict(zip(YEARS, wanted, strict=True)))
        return found

    def _free(self, organisation: str) -> list[int]:
        """Return the companies that may be startups, because no table determines their size."""
        reach = self.reach[organisation]
        taking_part = self.targets.populations(organisation)[1].companies
        return reach.own_outside + reach.own_area[taking_part:]

    def _room_for_startups(self, organisation: str) -> int:
        years = self.reach[organisation].years
        single = Counter(years[i] for i in self._free(organisation))
        return min(single[2021,], single[2023,])

    def _startups_of(self, organisation: str, wanted: dict[int, int]) -> set[int]:
        """Choose startups of an organisation, with the wanted number in each year.

        A few startups take part in all years, the others in a single year.
        """
        years, free = self.reach[organisation].years, self._free(organisation)
        always = [i for i in free if years[i] == YEARS][: min(wanted.values()) // 10]
        found = set(always)
        for year, count in wanted.items():
            more = [i for i in free if years[i] == (year,)][: count - len(always)]
            if len(more) + len(always) < count:
                raise ValueError(
                    f"{organisation}: too few companies for {count} startups in {year}"
                )
            found.update(more)
        return found

    def _give_shared(self) -> None:
        shared = sorted({i for reach in self.reach.values() for i in reach.shared})
        for trait, rest in _REST.items():
            self.random.shuffle(shared)
            shares = _with_rest(self.targets.choice(trait)["shared"], rest)
            self._give(trait, shared, apportion_by(len(shared), shares))

    def _give_sizes_of_register(self, organisation: str) -> None:
        """Give a size to the companies of table 4, which are the companies of the area in 2021."""
        population = self.targets.populations(organisation)[1]
        middle, above = middle_companies(population), companies_above(population)
        many = self.targets.choice("size_band", organisation)["250_and_over"] > 10
        large, medium = (evenly_spaced(len(above) * s // 100, len(above)) for s in _ABOVE[many])
        own = self.reach[organisation].own_area[: population.companies]
        for place, i in enumerate(own):
            if place < len(middle):
                band = size_band(middle[place].employees)
            elif place in above and large[place - above.start]:
                band = "250_and_over"
            elif place in above and medium[place - above.start]:
                band = "50_to_249"
            else:
                band = "under_50"
            self.participants[i].size_band = band

    def _fill(self, trait: str, organisation: str) -> None:
        """Give a trait to companies without it, so that each value of the trait has its share."""
        reach, rest = self.reach[organisation], _REST[trait]
        shares = _with_rest(self.targets.choice(trait, organisation), rest)
        everybody = reach.danish_companies
        wanted = apportion_by(len(everybody), shares)
        have = Counter(getattr(self.participants[i], trait) for i in everybody)
        known = [i for i in reach.own_area if getattr(self.participants[i], trait) is None]
        free = [i for i in reach.own_outside if getattr(self.participants[i], trait) is None]
        self.random.shuffle(free)
        missing = {value: max(0, n - have[value]) for value, n in wanted.items() if value != rest}
        missing[rest] = len(known) + len(free) - sum(missing.values())
        # only companies outside the area may have an unknown size: the register knows all others
        unknown = missing.pop("unknown", 0)
        self._give(trait, free[:unknown], {"unknown": unknown})
        others = free[unknown:] + known
        self.random.shuffle(others)
        self._give(trait, others, missing)

    def _give(self, trait: str, people: list[int], counts: dict[str, int]) -> None:
        values = [value for value, n in counts.items() for _ in range(n)]
        for i, value in zip(people, values, strict=True):
            setattr(self.participants[i], trait, value)


def _with_rest(shares: dict[str, float], rest: str) -> dict[str, float]:
    # add decimals, because binary fractions would not add up to exactly 100
    return {**shares, rest: float(100 - sum(Decimal(str(s)) for s in shares.values()))}

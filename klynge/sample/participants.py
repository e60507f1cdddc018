"""Who takes part: every participant once, with what is known about it, and by whom it is reached.

A company of an organisation's own area takes part there only. Companies outside it, institutions,
authorities and foreigners come from pools that organisations have in common: each takes a run of
its pool, so that everybody is reached and as many are reached twice as the printed totals ask for.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from klynge.sample.activities import Plan
from klynge.sample.companies import companies_above, middle_companies, size_band
from klynge.sample.counting import apportion, apportion_by, counts_of_shares, spread, tile
from klynge.sample.targets import YEARS, Targets

INSTITUTIONS = ("university", "gts", "university_college", "business_academy", "arts", "other")
#: Six-digit codes in a division of table 5 that its companies outside the areas are spread over.
_CODES_IN_DIVISION = 8

Years = tuple[int, ...]


@dataclass(slots=True)
class Participant:
    """A participant, whoever reaches it. ``register``: side and position in its area's register."""

    participant_type: str
    country: str = "DK"
    institution_type: str | None = None
    size_band: str | None = None
    legal_form: str | None = None
    industry_code: str | None = None
    startup: bool | None = None
    area: str | None = None
    register: tuple[int, int] | None = None


@dataclass(slots=True)
class Reach:
    """Whom one organisation reaches, as positions in the list of participants."""

    own_area: list[int] = field(default_factory=list)
    own_outside: list[int] = field(default_factory=list)
    shared: list[int] = field(default_factory=list)
    foreign_companies: list[int] = field(default_factory=list)
    #: by institution type, ``foreign_university`` and the other types of participants
    others: dict[str, list[int]] = field(default_factory=dict)
    #: participations that each of the others is to have together
    slots: dict[str, int] = field(default_factory=dict)
    foreign_slots: int = 0
    years: dict[int, Years] = field(default_factory=dict)

    @property
    def danish_companies(self) -> list[int]:
        """All Danish companies."""
        return self.own_area + self.own_outside + self.shared

    def companies_of(self, year: int, companies: list[int]) -> list[int]:
        """Those of the companies that take part in the year."""
        return [i for i in companies if year in self.years[i]]


@dataclass(frozen=True)
class Cast:
    """All participants, whom each organisation reaches, and the industries of each area."""

    participants: list[Participant]
    reach: dict[str, Reach]
    area_codes: dict[str, dict[str, str]]


def cast(targets: Targets, plan: Plan, seed: int) -> Cast:
    """All participants and their organisations, so that the printed numbers come out."""
    return _Casting(targets, plan, Random(f"{seed}/participants")).cast()


class _Casting:
    def __init__(self, targets: Targets, plan: Plan, random: Random) -> None:
        self.targets, self.plan, self.random = targets, plan, random
        self.participants: list[Participant] = []
        self.reach = {organisation: Reach() for organisation in targets.organisations}
        self.area_codes = {
            organisation: self._area_codes(number, organisation)
            for number, organisation in enumerate(targets.organisations)
        }

    def cast(self) -> Cast:
        total = self.targets.count("t2.total.participants")
        reached = counts_of_shares(self.targets.shares("participants"), total)
        self._others(reached)
        companies = {o: reached[o] - self._reached(o) for o in reached}
        divisions = {}
        for organisation, count in companies.items():
            own = round(count * self.targets.choice("own_area")[organisation] / 100)
            self._own_area(organisation, own)
            divisions[organisation] = self._divisions(organisation, count - own)
        self._outside(divisions, total)
        for organisation in self.reach:
            self._years(organisation)
        startups = self._startups()
        self._shared_traits()
        for organisation in self.reach:
            self._traits(organisation, startups)
        return Cast(
            self.participants,
            self.reach,
            {o: self._roles(o) for o in self.area_codes},
        )

    def _reached(self, organisation: str) -> int:
        reach = self.reach[organisation]
        return len(reach.foreign_companies) + sum(map(len, reach.others.values()))

    # institutions, authorities, foreigners

    def _others(self, reached: dict[str, int]) -> None:
        wants: dict[str, dict[str, int]] = defaultdict(dict)
        for organisation, reach in self.reach.items():
            types = self.plan[organisation].values()
            shares = self.targets.choice("foreign_share", organisation)
            reach.foreign_slots = round(shares["company"] * sum(t.companies for t in types) / 100)
            wants["foreign_company"][organisation] = round(0.4 * reach.foreign_slots)
            activities = sum(t.activities for t in types)
            for kind, share in self.targets.choice("institution_reach")[organisation].items():
                reach.slots[kind] = round(share * activities / 100)
            for kind, share in self.targets.choice("other_participants").items():
                want = max(6, round(share * reached[organisation] / 100))
                want = min(want, self.targets.choice("pools")[kind])
                reach.slots["other_participants" if kind == "other" else kind] = 3 * want
                wants[kind][organisation] = want
            share = shares["cluster_organisation"] / 100
            slots = round(reach.slots["cluster_organisation"] * share / (1 - share))
            reach.slots["foreign_cluster_organisation"] = slots
            wants["foreign_cluster_organisation"][organisation] = round(0.5 * slots)
            # institutions come in as many as there is room for; foreign ones by their share
            for kind in INSTITUTIONS:
                pool = "other_institution" if kind == "other" else kind
                wants[pool][organisation] = min(
                    self.targets.choice("pools")[pool], reach.slots[kind]
                )
            wants["foreign_university"][organisation] = self._foreign_universities(organisation)
        for pool, by_organisation in wants.items():
            self._pool(pool, by_organisation)

    def _foreign_universities(self, organisation: str) -> int:
        """How many: well under the participations that their share will give them."""
        reach = self.reach[organisation]
        places = sum(t.institutions for t in self.plan[organisation].values())
        danish = sum(reach.slots[kind] for kind in INSTITUTIONS)
        share = self.targets.choice("foreign_share", organisation)["university"] / 100
        universities = reach.slots["university"] + places - danish
        return int(0.3 * share * universities)

    def _pool(self, pool: str, wants: dict[str, int]) -> None:
        size = min(self.targets.choice("pools")[pool], sum(wants.values()))
        first = len(self.participants)
        self.participants += [self._from_pool(pool, i) for i in range(size)]
        for organisation, window in tile(size, wants).items():
            found = [first + i for i in window]
            if pool == "foreign_company":
                self.reach[organisation].foreign_companies = found
            else:
                self.reach[organisation].others[pool] = found

    def _from_pool(self, pool: str, number: int) -> Participant:
        countries = self.targets.choice("foreign_countries")
        country = countries[number % len(countries)] if pool.startswith("foreign") else "DK"
        kind = pool.removeprefix("foreign_")
        institution = kind.removesuffix("_institution")
        if kind == "company":
            return Participant("company", country, size_band="unknown", startup=False)
        if kind == "other":
            return Participant("other", country)
        if institution in INSTITUTIONS:
            return Participant("knowledge_institution", country, institution)
        return Participant(kind, country)

    # companies and their industries

    def _area_codes(self, number: int, organisation: str) -> dict[str, float]:
        """Codes of the area's own industries with their weights; the first four stand out."""
        divisions = self.targets.choice("area_divisions")[organisation]
        count = self.targets.choice("area_codes", organisation)
        top = self.targets.choice("concentration", organisation)
        first = (0.3, 0.27, 0.23, 0.2)
        return {
            f"{divisions[i % len(divisions)]:02d}{10 + number}{i:02d}": (1 - top) / count
            + (top * first[i] if i < len(first) else 0)
            for i in range(count)
        }

    def _roles(self, organisation: str) -> dict[str, str]:
        """Which of the area's industries are core: the first, up to their share of the weights."""
        core = self.targets.choice("core_industry", organisation) / 100
        weights, passed, roles = self.area_codes[organisation], 0.0, {}
        for code, weight in weights.items():
            roles[code] = "core" if passed + weight / 2 < core else "supporting"
            passed += weight
        return roles

    def _own_area(self, organisation: str, count: int) -> None:
        others, taking_part = self.targets.populations(organisation)
        later = companies_above(others)
        codes = apportion(count, list(self.area_codes[organisation].values()), 1)
        all_codes = [c for c, n in zip(self.area_codes[organisation], codes, strict=True)
                     for _ in range(n)]  # fmt: skip
        self.random.shuffle(all_codes)
        for i, code in enumerate(all_codes):
            after = i - taking_part.companies
            place = (1, i) if after < 0 else (0, later[after])
            self.reach[organisation].own_area.append(len(self.participants))
            self.participants.append(
                Participant("company", industry_code=code, area=organisation, register=place)
            )

    def _divisions(self, organisation: str, outside: int) -> dict[int, int]:
        """Companies outside the area by division of table 5; division 0 is all the rest."""
        divisions = self.targets.outside_divisions(organisation)
        shares = self.targets.choice("division_shares")
        shares = shares.get(organisation, shares[len(divisions)])
        counts = {d: round(outside * s / 100) for d, s in zip(divisions, shares, strict=True)}
        return {**counts, 0: outside - sum(counts.values())}

    def _outside(self, divisions: dict[str, dict[int, int]], total: int) -> None:
        shared: dict[int, dict[str, int]] = defaultdict(dict)
        for organisation, counts in divisions.items():
            share = self.targets.choice("shared_share", organisation) / 100
            for division, count in counts.items():
                if division:
                    shared[division][organisation] = round(share * count)
        own = sum(sum(counts.values()) for counts in divisions.values()) - sum(
            sum(wants.values()) for wants in shared.values()
        )
        least = {d: max(wants.values()) for d, wants in shared.items()}
        room = {d: sum(wants.values()) - least[d] for d, wants in shared.items()}
        sizes = apportion(
            total - len(self.participants) - own - sum(least.values()),
            list(room.values()),
            0,
            list(room.values()),
        )
        for (division, wants), more in zip(shared.items(), sizes, strict=True):
            self._shared_division(division, wants, least[division] + more)
        for organisation, counts in divisions.items():
            taken = {d: wants.get(organisation, 0) for d, wants in shared.items()}
            self._own_outside(organisation, {d: n - taken.get(d, 0) for d, n in counts.items()})

    def _shared_division(self, division: int, wants: dict[str, int], size: int) -> None:
        first = len(self.participants)
        for i in range(size):
            code = _outside_code(division, max(0, i % 10 - 7))
            self.participants.append(Participant("company", industry_code=code))
        for organisation, window in tile(size, wants).items():
            self.reach[organisation].shared += [first + i for i in window]

    def _own_outside(self, organisation: str, counts: dict[int, int]) -> None:
        top = self.targets.choice("concentration", organisation)
        codes: list[str] = []
        for division, count in counts.items():
            if division:
                weights = [top + (1 - top) / _CODES_IN_DIVISION] + [
                    (1 - top) / _CODES_IN_DIVISION
                ] * (_CODES_IN_DIVISION - 1)
                spread_out = apportion(count, weights)
                codes += [
                    _outside_code(division, j) for j, n in enumerate(spread_out) for _ in range(n)
                ]
        reach = self.reach[organisation]
        present = {self.participants[i].industry_code for i in reach.own_area + reach.shared}
        wanted = self._industries(organisation) - len(present | set(codes))
        divisions = [d for d in self.targets.choice("divisions") if d not in counts]
        tail = [
            _outside_code(divisions[i % len(divisions)], i // len(divisions)) for i in range(wanted)
        ]
        for code, count in zip(tail, apportion(counts[0], [1] * wanted, 1), strict=True):
            codes += [code] * count
        self.random.shuffle(codes)
        for code in codes:
            reach.own_outside.append(len(self.participants))
            self.participants.append(Participant("company", industry_code=code))

    def _industries(self, organisation: str) -> int:
        printed = {
            "copenhagen_fintech": "prose.l1630.industries",
            "clean": "prose.l1635.industries",
        }
        if organisation in printed:
            return self.targets.count(printed[organisation])
        return int(self.targets.choice("industries")[organisation])

    # years

    def _years(self, organisation: str) -> None:
        reach, weights = self.reach[organisation], self.targets.choice("years")
        taking_part = self.targets.populations(organisation)[1].companies
        falling = organisation in self.targets.choice("fewer_companies")
        later = weights["own_area_later_falling" if falling else "own_area_later"]
        self._give_years(reach, reach.own_area[:taking_part], weights["own_area_2021"])
        self._give_years(reach, reach.own_area[taking_part:], later)
        self._give_years(reach, reach.foreign_companies, weights["foreign"])
        change = self._change(organisation) - (
            len(reach.companies_of(2023, reach.own_area + reach.foreign_companies))
            - len(reach.companies_of(2021, reach.own_area + reach.foreign_companies))
        )
        outside = reach.own_outside + reach.shared
        self.random.shuffle(outside)
        several = apportion_by(len(outside), weights["outside"])
        single = several.pop("single")
        in_2022 = round(single * self.targets.choice("years_2022", organisation) / 100)
        rest = single - in_2022
        # an odd remainder is settled in 2022
        if (rest - change) % 2:
            in_2022, rest = in_2022 + 1, rest - 1
        change += several["2021 2022"] - several["2022 2023"]
        if (rest - change) % 2:
            in_2022, rest = in_2022 + 1, rest - 1
        if abs(change) > rest:
            raise ValueError(f"{organisation}: companies cannot change by {change} of {rest}")
        counts = {
            **several,
            "2022": in_2022,
            "2021": (rest - change) // 2,
            "2023": (rest + change) // 2,
        }
        self._give_exactly(reach, outside, counts)

    def _change(self, organisation: str) -> int:
        """Companies in 2023 less those in 2021."""
        falls = self.targets.choice("fewer_companies")
        if organisation in falls:
            return int(falls[organisation])
        rising = {
            o: float(self.targets.value(f"t2.{o}.participants"))
            for o in self.reach
            if o not in falls
        }
        total = self.targets.count("prose.l2118.companies_rise")
        return apportion_by(total, rising)[organisation]

    def _give_years(self, reach: Reach, people: list[int], weights: dict[str, float]) -> None:
        order = list(people)
        self.random.shuffle(order)
        self._give_exactly(reach, order, apportion_by(len(order), weights))

    def _give_exactly(self, reach: Reach, people: list[int], counts: dict[str, int]) -> None:
        years = [tuple(map(int, key.split())) for key, n in counts.items() for _ in range(n)]
        reach.years.update(zip(people, years, strict=True))

    # what is known about companies

    def _startups(self) -> set[int]:
        """Startups in 2021 and 2023 as printed for the organisations that lost and won some."""
        falling = set(self.targets.choice("fewer_startups"))
        found: set[int] = set()
        for group, line in ((falling, 2120), (set(self.reach) - falling, 2123)):
            weights = {o: self._room_for_startups(o) for o in self.reach if o in group}
            by_year = {
                year: apportion_by(self.targets.count(f"prose.l{line}.startups_{year}"), weights)
                for year in (2021, 2023)
            }
            for organisation in weights:
                first, last = by_year[2021][organisation], by_year[2023][organisation]
                found |= self._startups_of(
                    organisation, {2021: first, 2022: (first + last) // 2, 2023: last}
                )
        return found

    def _free(self, organisation: str) -> list[int]:
        """Companies whose size no table settles, so that they can be startups."""
        taking_part = self.targets.populations(organisation)[1].companies
        return (
            self.reach[organisation].own_outside + self.reach[organisation].own_area[taking_part:]
        )

    def _room_for_startups(self, organisation: str) -> int:
        years = self.reach[organisation].years
        single = Counter(years[i] for i in self._free(organisation))
        return min(single[2021,], single[2023,])

    def _startups_of(self, organisation: str, wanted: dict[int, int]) -> set[int]:
        reach, free = self.reach[organisation], self._free(organisation)
        always = [i for i in free if reach.years[i] == YEARS][: min(wanted.values()) // 10]
        found = set(always)
        for year, count in wanted.items():
            candidates = [i for i in free if reach.years[i] == (year,)]
            found.update(candidates[: count - len(always)])
            if len(candidates) < count - len(always):
                raise ValueError(f"{organisation}: {count} startups in {year} find no company")
        return found

    def _shared_traits(self) -> None:
        shared = sorted({i for reach in self.reach.values() for i in reach.shared})
        self.random.shuffle(shared)
        bands = _with_rest(self.targets.choice("size_band")["shared"], "under_50")
        forms = _with_rest(self.targets.choice("legal_form")["shared"], "other")
        self._give("size_band", shared, apportion_by(len(shared), bands))
        self.random.shuffle(shared)
        self._give("legal_form", shared, apportion_by(len(shared), forms))
        for i in shared:
            self.participants[i].startup = False

    def _traits(self, organisation: str, startups: set[int]) -> None:
        reach = self.reach[organisation]
        own = reach.own_area + reach.own_outside
        for i in own:
            self.participants[i].startup = i in startups
        self._sizes_in_register(organisation)
        self._fill("size_band", "under_50", organisation, reach, startups)
        self._fill("legal_form", "other", organisation, reach, set())

    def _sizes_in_register(self, organisation: str) -> None:
        """Sizes of the companies whose figures table 4 settles: those of 2021 in the own area."""
        population = self.targets.populations(organisation)[1]
        middle = middle_companies(population)
        above = companies_above(population)
        many = self.targets.choice("size_band", organisation)["250_and_over"] > 10
        large = spread(len(above) * (25 if many else 10) // 100, len(above))
        medium = spread(len(above) * (40 if many else 33) // 100, len(above))
        for i in self.reach[organisation].own_area[: population.companies]:
            participant = self.participants[i]
            place = participant.register[1] if participant.register else 0
            if place < len(middle):
                participant.size_band = size_band(middle[place].employees)
            elif place in above and large[place - above.start]:
                participant.size_band = "250_and_over"
            elif place in above and medium[place - above.start]:
                participant.size_band = "50_to_249"
            else:
                participant.size_band = "under_50"

    def _fill(
        self, trait: str, rest: str, organisation: str, reach: Reach, settled: set[int]
    ) -> None:
        """Give a trait to those without, so that the organisation has its shares of each value."""
        for i in settled & set(reach.own_area + reach.own_outside):
            setattr(self.participants[i], trait, rest)
        shares = _with_rest(self.targets.choice(trait, organisation), rest)
        everybody = reach.danish_companies
        wanted = apportion_by(len(everybody), shares)
        have = Counter(getattr(self.participants[i], trait) for i in everybody)
        # the register knows the size of all its companies
        known = [i for i in reach.own_area if getattr(self.participants[i], trait) is None]
        free = [i for i in reach.own_outside if getattr(self.participants[i], trait) is None]
        self.random.shuffle(known)
        self.random.shuffle(free)
        missing = {value: max(0, n - have[value]) for value, n in wanted.items() if value != rest}
        missing[rest] = len(known) + len(free) - sum(missing.values())
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
    # rounded: 100 less decimals is a decimal with an error
    return {**shares, rest: float(100 - sum(Decimal(str(s)) for s in shares.values()))}


def _outside_code(division: int, number: int) -> str:
    return f"{division:02d}00{number + 1:02d}"

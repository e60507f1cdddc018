"""Who comes to which activity: everybody reached comes, and nobody comes twice to one activity."""

from collections import Counter
from collections.abc import Iterator, Sequence
from random import Random

from sample.activities import Activity, Demand, Plan, schedule
from sample.counting import apportion, deal
from sample.people import INSTITUTIONS, Cast, Reach, institution_pool
from sample.targets import YEARS, Targets

#: An activity, by its position in the list, and a participant, by its position in the cast.
Attendance = tuple[int, int]


def attend(
    targets: Targets, plan: Plan, cast: Cast, seed: int
) -> tuple[list[Activity], list[Attendance]]:
    """All activities, and who takes part in each."""
    activities: list[Activity] = []
    attendances: list[Attendance] = []
    for organisation, reach in cast.reach.items():
        random = Random(f"{seed}/attendance/{organisation}")
        companies = reach.danish_companies + reach.foreign_companies
        foreign = [len(reach.companies_of(year, reach.foreign_companies)) for year in YEARS]
        demand = Demand(
            {year: len(reach.companies_of(year, companies)) for year in YEARS},
            dict(zip(YEARS, apportion(reach.foreign_slots, foreign), strict=True)),
        )
        own = schedule(targets, organisation, plan[organisation], demand, random)
        random.shuffle(own)
        first = len(activities)
        activities += own
        foreign_share = targets.choice("foreign_share", organisation)["university"] / 100
        attendances += [
            (first + place, who) for place, who in _of(reach, own, foreign_share, random)
        ]
    return activities, attendances


def _of(
    reach: Reach, activities: list[Activity], foreign_share: float, random: Random
) -> Iterator[Attendance]:
    """Attendances of one organisation, by position in its own activities.

    ``foreign_share``: of the universities' participations.
    """
    funded = [i for i, a in enumerate(activities) if a.cluster_grant_funded]
    for year in YEARS:
        places = [i for i in funded if activities[i].year == year]
        danish = reach.companies_of(year, reach.danish_companies)
        foreign = reach.companies_of(year, reach.foreign_companies)
        random.shuffle(danish)
        random.shuffle(foreign)
        abroad = [activities[i].foreign_companies for i in places]
        at_home = [activities[i].companies - n for i, n in zip(places, abroad, strict=True)]
        for people, slots in ((danish, at_home), (foreign, abroad)):
            yield from ((places[place], who) for place, who in deal(people, slots))
        for i, activity in enumerate(activities):
            if activity.year == year and not activity.cluster_grant_funded:
                yield from ((i, who) for who in danish[: activity.companies])
    yield from _institutions(
        reach, [(i, activities[i].institutions) for i in funded], foreign_share
    )
    for kind in (
        "cluster_organisation",
        "foreign_cluster_organisation",
        "public_authority",
        "business_organisation",
        "other",
    ):
        people = reach.others[kind]
        dealt = apportion(reach.slots[kind], [1] * len(funded), 0, [len(people)] * len(funded))
        random.shuffle(dealt)
        yield from ((funded[place], who) for place, who in deal(people, dealt))


def _institutions(
    reach: Reach, places: Sequence[tuple[int, int]], foreign_share: float
) -> Iterator[Attendance]:
    """Institutions: each type in as many activities as its reach says.

    Where an activity has more room than types, more institutions of the types present fill it,
    universities first; of these some are foreign.
    """
    open_places = [(i, room) for i, room in places if room]
    quotas = {kind: reach.slots[institution_pool(kind)] for kind in INSTITUTIONS}
    rooms = [room for _, room in open_places]
    types = _types_by_place(quotas, rooms)
    extra = [room - len(kinds) for room, kinds in zip(rooms, types, strict=True)]
    universities = [
        n if "university" in kinds else 0 for n, kinds in zip(extra, types, strict=True)
    ]
    foreign = round(foreign_share * (quotas["university"] + sum(universities)))
    abroad = apportion(foreign, [n * n for n in universities], 0, universities)
    counts = {kind: [0] * len(rooms) for kind in (*INSTITUTIONS, "foreign_university")}
    counts["foreign_university"] = abroad
    sizes = {kind: len(reach.others[institution_pool(kind)]) for kind in INSTITUTIONS}
    for place, kinds in enumerate(types):
        present = Counter(kinds)
        for _ in range(extra[place] - abroad[place]):
            room = [kind for kind in kinds if present[kind] < sizes[kind]]
            if not room:
                raise ValueError("an activity has room for more institutions than there are")
            present["university" if "university" in room else room[0]] += 1
        for kind, count in present.items():
            counts[kind][place] = count
    for kind, slots in counts.items():
        for place, who in deal(reach.others[institution_pool(kind)], slots):
            yield open_places[place][0], who


def _types_by_place(quotas: dict[str, int], rooms: list[int]) -> list[list[str]]:
    """Types present at each place, each type at as many places as its quota says."""
    more = [min(room, len(quotas)) - 1 for room in rooms]
    # the larger the more kinds, so that no kind must fill more places than it has institutions
    weights = [n * n for n in more]
    distinct = [1 + n for n in apportion(sum(quotas.values()) - len(rooms), weights, 0, more)]
    left = dict(quotas)
    types: list[list[str]] = [[] for _ in rooms]
    # the fullest first, and of the types those with most to go: if any way fits, this one does;
    # rare types, of which there are few institutions, come last and to the smallest
    for place in sorted(range(len(rooms)), key=lambda i: (-distinct[i], -rooms[i])):
        types[place] = sorted(left, key=lambda kind: -left[kind])[: distinct[place]]
        for kind in types[place]:
            left[kind] -= 1
    if any(left.values()):
        raise ValueError(f"institutions do not fit: {left} remain")
    return types

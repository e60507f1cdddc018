"""Decide who takes part in which activity.

Every participant takes part in an activity, and nobody takes part twice in the same one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from random import Random

from sample.activities import Activity, ActivityPlan, Demand, schedule_activities
from sample.counting import apportion, assign_in_turn
from sample.people import INSTITUTIONS, ParticipantPlan, Reach, institution_pool
from sample.targets import YEARS, Targets

#: (position of the activity in its list, position of the participant in the participant plan)
Attendance = tuple[int, int]

#: Types of participants that are neither companies nor institutions.
_OTHER_TYPES = (
    "cluster_organisation",
    "foreign_cluster_organisation",
    "public_authority",
    "business_organisation",
    "other",
)


def assign_attendances(
    targets: Targets, activity_plan: ActivityPlan, plan: ParticipantPlan, seed: int
) -> tuple[list[Activity], list[Attendance]]:
    """Return all activities, and each pair of an activity and a participant that takes part."""
    activities: list[Activity] = []
    attendances: list[Attendance] = []
    for organisation, reach in plan.reach.items():
        random = Random(f"{seed}/attendance/{organisation}")
        own = schedule_activities(
            targets, organisation, activity_plan[organisation], _demand(reach), random
        )
        random.shuffle(own)
        first = len(activities)
        activities += own
        foreign_share = targets.choice("foreign_share", organisation)["university"] / 100
        attendances += [
            (first + place, participant)
            for place, participant in _attendances_of(reach, own, foreign_share, random)
        ]
    return activities, attendances


def _demand(reach: Reach) -> Demand:
    """Count an organisation's companies and its participations of foreign companies by year."""
    companies = reach.danish_companies + reach.foreign_companies
    foreign = [len(reach.companies_of(year, reach.foreign_companies)) for year in YEARS]
    return Demand(
        {year: len(reach.companies_of(year, companies)) for year in YEARS},
        dict(zip(YEARS, apportion(reach.foreign_slots, foreign), strict=True)),
    )


def _attendances_of(
    reach: Reach, activities: list[Activity], foreign_share: float, random: Random
) -> Iterator[Attendance]:
    """Yield the attendances of one organisation, by position in the list ``activities``.

    ``foreign_share`` is the foreign share of the participations of universities.
    """
    funded = [i for i, a in enumerate(activities) if a.cluster_grant_funded]
    for year in YEARS:
        yield from _companies(reach, activities, year, random)
    rooms = [(i, activities[i].institutions) for i in funded]
    yield from _institutions(reach, rooms, foreign_share)
    for kind in _OTHER_TYPES:
        people = reach.others[kind]
        counts = apportion(reach.slots[kind], [1] * len(funded), 0, [len(people)] * len(funded))
        random.shuffle(counts)
        yield from _at(funded, assign_in_turn(people, counts))


def _companies(
    reach: Reach, activities: list[Activity], year: int, random: Random
) -> Iterator[Attendance]:
    """Assign companies to the activities of a year, first to those that the cluster grant funds."""
    of_year = [i for i, activity in enumerate(activities) if activity.year == year]
    funded = [i for i in of_year if activities[i].cluster_grant_funded]
    others = set(of_year) - set(funded)
    danish = reach.companies_of(year, reach.danish_companies)
    foreign = reach.companies_of(year, reach.foreign_companies)
    random.shuffle(danish)
    random.shuffle(foreign)
    foreign_rooms = [activities[i].foreign_companies for i in funded]
    danish_rooms = [activities[i].companies - activities[i].foreign_companies for i in funded]
    yield from _at(funded, assign_in_turn(danish, danish_rooms))
    yield from _at(funded, assign_in_turn(foreign, foreign_rooms))
    for i in sorted(others):
        for participant in danish[: activities[i].companies]:
            yield i, participant


def _institutions(
    reach: Reach, rooms: Sequence[tuple[int, int]], foreign_share: float
) -> Iterator[Attendance]:
    """Assign institutions to activities.

    ``reach`` says in how many activities each type of institution takes part. Each pair in
    ``rooms`` has an activity and its number of places for institutions. If an activity has more
    places than types, the remaining places go to further institutions of its types, universities
    first. Some of these further institutions are foreign.
    """
    open_activities, places = zip(
        *((activity, room) for activity, room in rooms if room), strict=True
    )
    quotas = {kind: reach.slots[institution_pool(kind)] for kind in INSTITUTIONS}
    types = _types_by_activity(quotas, list(places))
    extra = [room - len(kinds) for room, kinds in zip(places, types, strict=True)]
    foreign = _foreign_universities(types, extra, quotas["university"], foreign_share)
    sizes = {kind: len(reach.others[institution_pool(kind)]) for kind in INSTITUTIONS}
    present = [
        _fill(kinds, more - abroad, sizes)
        for kinds, more, abroad in zip(types, extra, foreign, strict=True)
    ]
    counts = {kind: [by_type[kind] for by_type in present] for kind in INSTITUTIONS}
    counts["foreign_university"] = foreign
    for kind, slots in counts.items():
        yield from _at(open_activities, assign_in_turn(reach.others[institution_pool(kind)], slots))


def _at(places: Sequence[int], pairs: Iterable[Attendance]) -> Iterator[Attendance]:
    """Replace the first number of each pair, which is an index into ``places``, by that place."""
    for place, participant in pairs:
        yield places[place], participant


def _foreign_universities(
    types: list[list[str]], extra: list[int], quota: int, foreign_share: float
) -> list[int]:
    """Return the number of foreign universities in each activity.

    Activities with many further places get most of the foreign universities.
    """
    room = [n if "university" in kinds else 0 for n, kinds in zip(extra, types, strict=True)]
    return apportion(round(foreign_share * (quota + sum(room))), [n * n for n in room], 0, room)


def _fill(kinds: list[str], places: int, sizes: dict[str, int]) -> Counter[str]:
    """Return the number of Danish institutions of each type in an activity.

    The activity has one institution of each type in ``kinds``, and ``places`` further institutions.
    ``sizes`` says how many institutions of each type exist.
    """
    present = Counter(kinds)
    for _ in range(places):
        room = [kind for kind in kinds if present[kind] < sizes[kind]]
        if not room:
            raise ValueError("an activity has room for more institutions than there are")
        present["university" if "university" in room else room[0]] += 1
    return present


def _types_by_activity(quotas: dict[str, int], rooms: list[int]) -> list[list[str]]:
    """Choose the types of institutions in each activity.

    ``quotas`` says in how many activities each type takes part. ``rooms`` has the number of places
    for institutions in each activity.
    """
    more = [min(room, len(quotas)) - 1 for room in rooms]
    # larger activities get more types, so no type needs more institutions than it has
    weights = [n * n for n in more]
    distinct = [1 + n for n in apportion(sum(quotas.values()) - len(rooms), weights, 0, more)]
    left = dict(quotas)
    types: list[list[str]] = [[] for _ in rooms]
    # The activity with the most types is filled first, with the types that still need the most
    # activities. This finds an assignment if there is one. Rare types get the smallest activities.
    for place in sorted(range(len(rooms)), key=lambda i: (-distinct[i], -rooms[i])):
        types[place] = sorted(left, key=lambda kind: -left[kind])[: distinct[place]]
        for kind in types[place]:
            left[kind] -= 1
    if any(left.values()):
        raise ValueError(f"institutions do not fit: {left} remain")
    return types

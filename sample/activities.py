"""How many activities there are, and how many companies and institutions come to each."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from sample.counting import apportion, apportion_by, counts_that_add_up, nearest
from sample.targets import YEARS, Targets


@dataclass(frozen=True)
class TypePlan:
    """An organisation's activities of one type: how many, and participations in all of them."""

    activities: int
    companies: int
    institutions: int


@dataclass(slots=True)
class Activity:
    """One activity and its places for companies and institutions."""

    organisation: str
    activity_type: str
    year: int
    cluster_grant_funded: bool = True
    companies: int = 0
    foreign_companies: int = 0
    institutions: int = 0


Plan = dict[str, dict[str, TypePlan]]


def plan_types(targets: Targets) -> Plan:
    """Activities by organisation and type; participations give the printed averages.

    Every activity has a company and, where institutions are printed for its type, an institution:
    so the average over all activities and that over those with such participants are the same.
    """
    totals = counts_that_add_up(targets.shares("activities"), targets.count("t2.total.activities"))
    plan: Plan = {}
    for organisation, total in totals.items():
        mix = dict(targets.choice("activity_mix", organisation))
        mix = {"knowledge_matchmaking": 100 - sum(mix.values()), **mix}
        averages = targets.attendance(organisation)
        plan[organisation] = {
            activity_type: TypePlan(
                count,
                nearest(averages[activity_type]["company"] * count),
                nearest(averages[activity_type].get("knowledge_institution", Decimal(0)) * count),
            )
            for activity_type, count in apportion_by(total, mix).items()
        }
    return plan


@dataclass(frozen=True)
class Demand:
    """What an organisation's years need: weights of companies, and foreigners' participations."""

    companies: Mapping[int, int]
    foreign_places: Mapping[int, int]


def schedule(
    targets: Targets,
    organisation: str,
    types: Mapping[str, TypePlan],
    demand: Demand,
    random: Random,
) -> list[Activity]:
    """The organisation's activities with years and places; more where more companies come."""
    scheduled: list[Activity] = []
    for activity_type, plan in types.items():
        by_year = apportion_by(plan.activities, demand.companies)
        activities = [
            Activity(organisation, activity_type, year)
            for year, count in by_year.items()
            for _ in range(count)
        ]
        companies = _places(plan.companies, len(activities), random)
        institutions = _places(plan.institutions, len(activities), random)
        for i, activity in enumerate(activities):
            activity.companies, activity.institutions = companies[i], institutions[i]
        scheduled += activities
    for year in YEARS:
        _make_room_for_foreigners(
            [a for a in scheduled if a.year == year], demand.foreign_places[year]
        )
    return scheduled + _not_funded(targets, scheduled)


def _places(total: int, activities: int, random: Random) -> list[int]:
    """Places at each activity, at least one, unless there are none at all; larger and smaller."""
    weights = [0.6 + 0.8 * random.random() for _ in range(activities)]
    return apportion(total, weights, 1 if total else 0)


def _make_room_for_foreigners(activities: list[Activity], places: int) -> None:
    """Foreign companies among the companies, at most seven in ten, most where it is about them."""
    most = [(a.companies * 7 + 9) // 10 for a in activities]
    weights = [
        a.companies * (3 if a.activity_type == "internationalisation" else 1) for a in activities
    ]
    for activity, foreign in zip(activities, apportion(places, weights, 0, most), strict=True):
        activity.foreign_companies = foreign


def _not_funded(targets: Targets, funded: list[Activity]) -> list[Activity]:
    """Like the first of each year, but paid for by others: no table counts them."""
    share = targets.choice("activities_not_cluster_grant") / 100
    by_year = [[a for a in funded if a.year == year] for year in YEARS]
    return [
        Activity(
            like.organisation,
            like.activity_type,
            like.year,
            cluster_grant_funded=False,
            companies=like.companies - like.foreign_companies,
        )
        for of_year in by_year
        for like in of_year[: max(1, round(share * len(of_year)))]
    ]

"""The number of activities, and of companies and institutions that come to each activity."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from sample.counting import apportion, apportion_by, counts_with_total, round_half_away
from sample.targets import YEARS, Targets


@dataclass(frozen=True)
class TypePlan:
    """An organisation's activities of one type: their number, and the participations in them."""

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


ActivityPlan = dict[str, dict[str, TypePlan]]


def plan_activities(targets: Targets) -> ActivityPlan:
    """Plan activities by organisation and type, so that the printed averages come out.

    Every activity has a company. It also has an institution if the table prints institutions for
    its type. So the average over all activities equals the average over the activities that have
    such participants.
    """
    totals = counts_with_total(targets.shares("activities"), targets.count("t2.total.activities"))
    plan: ActivityPlan = {}
    for organisation, total in totals.items():
        mix = dict(targets.choice("activity_mix", organisation))
        mix = {"knowledge_matchmaking": 100 - sum(mix.values()), **mix}
        averages = targets.attendance(organisation)
        plan[organisation] = {
            activity_type: TypePlan(
                count,
                round_half_away(averages[activity_type]["company"] * count),
                round_half_away(
                    averages[activity_type].get("knowledge_institution", Decimal(0)) * count
                ),
            )
            for activity_type, count in apportion_by(total, mix).items()
        }
    return plan


@dataclass(frozen=True)
class Demand:
    """An organisation's companies by year, and the participations of foreign companies by year."""

    companies: Mapping[int, int]
    foreign_places: Mapping[int, int]


def schedule_activities(
    targets: Targets,
    organisation: str,
    types: Mapping[str, TypePlan],
    demand: Demand,
    random: Random,
) -> list[Activity]:
    """Give the organisation's activities years and places; years with more companies get more."""
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
    """Divide ``total`` places at random among the activities.

    Each activity gets at least one place, unless ``total`` is 0.
    """
    weights = [0.6 + 0.8 * random.random() for _ in range(activities)]
    return apportion(total, weights, 1 if total else 0)


def _make_room_for_foreigners(activities: list[Activity], places: int) -> None:
    """Make up to seven in ten companies foreign, most of them in internationalisation."""
    most = [(a.companies * 7 + 9) // 10 for a in activities]
    weights = [
        a.companies * (3 if a.activity_type == "internationalisation" else 1) for a in activities
    ]
    for activity, foreign in zip(activities, apportion(places, weights, 0, most), strict=True):
        activity.foreign_companies = foreign


def _not_funded(targets: Targets, funded: list[Activity]) -> list[Activity]:
    """Copy the first activities of each year; others pay for the copies and no table has them."""
    share = targets.choice("activities_not_cluster_grant") / 100
    by_year = [[a for a in funded if a.year == year] for year in YEARS]
    return [
        Activity(
            model.organisation,
            model.activity_type,
            model.year,
            cluster_grant_funded=False,
            companies=model.companies - model.foreign_companies,
        )
        for of_year in by_year
        for model in of_year[: max(1, round(share * len(of_year)))]
    ]

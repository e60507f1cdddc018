"""Plan how many activities there are, and how many companies and institutions come to each."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from sample.counting import apportion, apportion_by, counts_with_total, round_half_away
from sample.targets import YEARS, Targets


@dataclass(frozen=True)
class TypePlan:
    """The activities of one organisation that have the same type.

    ``companies`` and ``institutions`` count the participations in all these activities together.
    """

    activities: int
    companies: int
    institutions: int


@dataclass(slots=True)
class Activity:
    """An activity, with its numbers of companies and institutions."""

    organisation: str
    activity_type: str
    year: int
    cluster_grant_funded: bool = True
    companies: int = 0
    foreign_companies: int = 0
    institutions: int = 0


ActivityPlan = dict[str, dict[str, TypePlan]]


def plan_activities(targets: Targets) -> ActivityPlan:
    """Plan activities by organisation and type, so that their averages equal the printed ones.

    At least one company takes part in every activity. If the table prints an average of
    institutions for a type, at least one institution takes part in every activity of this type. The
    average over all activities is therefore the same as the average over the activities with
    companies, or with institutions.
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
    """What an organisation needs in each year: activities for its companies, places for foreigners.

    ``companies`` has the number of companies by year; ``foreign_places`` has the number of
    participations of foreign companies by year.
    """

    companies: Mapping[int, int]
    foreign_places: Mapping[int, int]


def schedule_activities(
    targets: Targets,
    organisation: str,
    types: Mapping[str, TypePlan],
    demand: Demand,
    random: Random,
) -> list[Activity]:
    """Divide the organisation's activities among years, and give them places for participants.

    Years with more companies get more activities.
    """
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
    """Reserve ``places`` of the companies' places for foreign companies.

    At most seven in ten places of an activity are foreign. The share of foreign places is larger in
    activities of the type ``internationalisation`` than in other activities.
    """
    most = [(a.companies * 7 + 9) // 10 for a in activities]
    weights = [
        a.companies * (3 if a.activity_type == "internationalisation" else 1) for a in activities
    ]
    for activity, foreign in zip(activities, apportion(places, weights, 0, most), strict=True):
        activity.foreign_companies = foreign


def _not_funded(targets: Targets, funded: list[Activity]) -> list[Activity]:
    """Copy the first activities of each year as activities that the cluster grant does not fund.

    No printed table counts such activities.
    """
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

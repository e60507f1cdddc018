"""Assign the years in which each company takes part; most companies have only one year."""

from random import Random

from sample.counting import apportion_by
from sample.people import Reach
from sample.targets import Targets


def assign_years(targets: Targets, organisation: str, reach: Reach, random: Random) -> None:
    """Assign years to every company of an organisation.

    The number of companies changes from 2021 to 2023 as the report says.

    Raises :class:`ValueError` if the organisation has too few companies with a single year.
    """
    weights = targets.choice("years")
    taking_part = targets.populations(organisation)[1].companies
    falling = organisation in targets.choice("fewer_companies")
    for companies, group in (
        (reach.own_area[:taking_part], "own_area_2021"),
        (reach.own_area[taking_part:], "own_area_later_falling" if falling else "own_area_later"),
        (reach.foreign_companies, "foreign"),
    ):
        order = list(companies)
        random.shuffle(order)
        _give(reach, order, apportion_by(len(order), weights[group]))
    outside = reach.own_outside + reach.shared
    random.shuffle(outside)
    _give(reach, outside, _outside(targets, organisation, reach, len(outside)))


def _outside(targets: Targets, organisation: str, reach: Reach, count: int) -> dict[str, int]:
    """Divide the companies outside the area by years, with keys such as ``2021 2022``.

    The companies with a single year are divided so that the change from 2021 to 2023 is right.
    """
    counts = apportion_by(count, targets.choice("years")["outside"])
    single = counts.pop("single")
    settled = reach.own_area + reach.foreign_companies
    change = _change(targets, organisation)
    change -= len(reach.companies_of(2023, settled)) - len(reach.companies_of(2021, settled))
    change += counts["2021 2022"] - counts["2022 2023"]
    in_2022 = round(single * targets.choice("years_2022", organisation) / 100)
    # what remains for 2021 and 2023, minus the change, must be even: an odd company goes to 2022
    in_2022 += (single - in_2022 - change) % 2
    rest = single - in_2022
    if abs(change) > rest:
        raise ValueError(f"{organisation}: companies cannot change by {change} of {rest}")
    return {
        **counts,
        "2022": in_2022,
        "2021": (rest - change) // 2,
        "2023": (rest + change) // 2,
    }


def _change(targets: Targets, organisation: str) -> int:
    """Return the number of companies in 2023 minus the number in 2021."""
    falls = targets.choice("fewer_companies")
    if organisation in falls:
        return int(falls[organisation])
    rising = {o: float(s) for o, s in targets.shares("participants").items() if o not in falls}
    return apportion_by(targets.count("prose.l2118.companies_rise"), rising)[organisation]


def _give(reach: Reach, people: list[int], counts: dict[str, int]) -> None:
    years = [tuple(map(int, key.split())) for key, n in counts.items() for _ in range(n)]
    reach.years.update(zip(people, years, strict=True))

"""List the companies of every area in 2021, whether they take part in activities or not."""

from collections.abc import Iterator, Sequence
from random import Random

from sample.companies import (
    Figures,
    common_band,
    companies_above,
    figures_above,
    figures_below,
    middle_companies,
)
from sample.counting import apportion, evenly_spaced
from sample.people import ParticipantPlan
from sample.targets import Population, Targets

#: (position in the participant plan, or None for a company that does not take part; area; industry
#: role; number of employees; whether the company exports; turnover in kroner; industry code)
Company = tuple[int | None, str, str, int, bool, int, str]


def register_companies(targets: Targets, plan: ParticipantPlan, seed: int) -> Iterator[Company]:
    """Yield all companies of the areas.

    A company that is also a participant keeps the industry code and size of the participant.
    """
    for organisation, reach in plan.reach.items():
        random = Random(f"{seed}/register/{organisation}")
        participants = {plan.participants[i].register: i for i in reach.own_area}
        roles = plan.industry_roles[organisation]
        for side, population in enumerate(targets.populations(organisation)):
            exports = evenly_spaced(
                round(population.exporting * population.companies), population.companies
            )
            random.shuffle(exports)
            codes = _codes(list(roles), population.companies)
            random.shuffle(codes)
            for place in range(population.companies):
                position = participants.get((side, place))
                participant = None if position is None else plan.participants[position]
                band = (participant.size_band or "") if participant else common_band(random)
                code = (participant.industry_code or "") if participant else codes[place]
                figures = _figures(population, place, band, random)
                yield (
                    position,
                    targets.areas[organisation],
                    roles[code],
                    figures.employees,
                    exports[place],
                    figures.turnover_kr,
                    code,
                )


def _codes(codes: Sequence[str], companies: int) -> list[str]:
    """Return one code for each company.

    The companies are divided among the codes as evenly as possible.
    """
    counts = apportion(companies, [1] * len(codes))
    return [code for code, count in zip(codes, counts, strict=True) for _ in range(count)]


def _figures(population: Population, place: int, band: str, random: Random) -> Figures:
    """Return the employees and turnover of the company at a place of the population.

    The first places are the middle companies. The companies above the medians follow, then the
    companies below.
    """
    middle = middle_companies(population)
    if place < len(middle):
        return middle[place]
    if place in companies_above(population):
        return figures_above(population, band, random)
    return figures_below(population, random)

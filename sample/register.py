"""The companies of every area in 2021: those that take part in it, and all the others."""

from collections.abc import Iterator
from random import Random

from sample.companies import (
    common_band,
    companies_above,
    figures_above,
    figures_below,
    middle_companies,
)
from sample.counting import apportion, spread
from sample.people import Cast
from sample.targets import Targets

#: participant (position in the cast) or None, area, role, employees, exports, turnover, code
Company = tuple[int | None, str, str, int, bool, int, str]


def register(targets: Targets, cast: Cast, seed: int) -> Iterator[Company]:
    """All companies of the areas; a participant's code and size are those it takes part with."""
    for organisation, reach in cast.reach.items():
        random = Random(f"{seed}/register/{organisation}")
        people = {cast.participants[i].register: i for i in reach.own_area}
        roles = cast.industry_roles[organisation]
        for side, population in enumerate(targets.populations(organisation)):
            exports = spread(round(population.exporting * population.companies),
                             population.companies)  # fmt: skip
            random.shuffle(exports)
            codes = [
                code
                for code, count in zip(
                    roles, apportion(population.companies, [1] * len(roles)), strict=True
                )
                for _ in range(count)
            ]
            random.shuffle(codes)
            above, middle = companies_above(population), middle_companies(population)
            for place in range(population.companies):
                who = people.get((side, place))
                participant = None if who is None else cast.participants[who]
                band = (participant.size_band or "") if participant else common_band(random)
                code = (participant.industry_code or "") if participant else codes[place]
                if place < len(middle):
                    figures = middle[place]
                elif place in above:
                    figures = figures_above(population, band, random)
                else:
                    figures = figures_below(population, random)
                yield (
                    who,
                    targets.areas[organisation],
                    roles[code],
                    figures.employees,
                    exports[place],
                    figures.turnover_kr,
                    code,
                )

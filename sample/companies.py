"""Invent the companies of an area so that their medians are exactly the printed ones.

There are three groups of companies. A company *below* has less than the median turnover and less
than the median productivity; it has at most the median number of employees. A company *above* has
more than the median turnover and productivity; it has at least the median number of employees. The
two groups are equally large. Between them are the *middle* companies: some have exactly the median
turnover, others exactly the median productivity, others exactly the median number of employees. One
company cannot have all three, because the median of a ratio is not the ratio of the medians.
"""

from dataclasses import dataclass
from random import Random

from sample.targets import Population

#: An area with fewer companies gets no middle companies. The report prints no figures about it.
_SMALLEST = 6


@dataclass(frozen=True)
class Figures:
    """A company's number of employees, and its turnover in kroner."""

    employees: int
    turnover_kr: int


def size_band(employees: int) -> str:
    """The size band of a company in the cluster programme."""
    if employees < 50:
        return "under_50"
    return "50_to_249" if employees < 250 else "250_and_over"


def middle_companies(population: Population) -> list[Figures]:
    """Return the middle companies, each with exactly one of the three medians.

    In each measure, half of the other companies are below the median and half are above.
    """
    turnover, productivity = population.turnover, population.productivity
    if population.companies < _SMALLEST:
        return [Figures(population.employees, turnover * 1000)] * population.companies
    balance = turnover / productivity
    # of two companies with the median turnover, the one with fewer employees is more productive
    few = max(1, min(int(balance * 0.8), population.employees))
    many = max(int(balance * 1.25) + 1, population.employees)
    median_turnover = [Figures(many, turnover * 1000), Figures(few, turnover * 1000)]
    median_productivity = [
        Figures(few, productivity * few * 1000),
        Figures(many, productivity * many * 1000),
    ]
    floor, ceiling = _bounds(population, population.employees)
    median_employees = [
        Figures(population.employees, int(population.employees * ratio * 1000))
        for ratio in (0.9 * ceiling, 1.1 * floor)
    ]
    if population.companies % 2:
        return [median_turnover[0], median_productivity[0], *median_employees]
    return [*median_turnover, *median_productivity, *median_employees]


def _bounds(population: Population, employees: int) -> tuple[float, float]:
    """Return two limits of turnover per employee (thousand kr.), for a number of employees.

    A company above the first limit is above the medians of turnover and of productivity. A company
    below the second limit is below both medians.
    """
    both = population.productivity, population.turnover / employees
    return max(both), min(both)


def companies_above(population: Population) -> range:
    """Return the positions of the companies above the medians.

    They come after the middle companies.
    """
    middle = len(middle_companies(population))
    # If the number of companies is odd, one middle company has the median turnover and another has
    # the median productivity. Each of the two is below the other median, so one more company must
    # be above.
    above = (population.companies - middle + 1) // 2
    return range(middle, middle + above)


def figures_above(population: Population, band: str, random: Random) -> Figures:
    """Draw a company above the medians in a size band; ``unknown`` counts as under 50."""
    least, most = {"50_to_249": (50, 249), "250_and_over": (250, 2500)}.get(band, (1, 49))
    least = max(least, population.employees)
    employees = int(least + (most - least) * random.random() ** 4)
    floor, _ = _bounds(population, employees)
    ratio = floor * (1.05 + 3 * random.random() ** 3)
    return Figures(employees, int(employees * ratio * 1000))


def figures_below(population: Population, random: Random) -> Figures:
    """Draw a company below the medians; it may have the median number of employees."""
    most = population.employees
    employees = most if random.random() < 0.25 else 1 + int(most * random.random())
    _, ceiling = _bounds(population, employees)
    return Figures(employees, int(employees * ceiling * (0.15 + 0.8 * random.random()) * 1000))


def common_band(random: Random) -> str:
    """Draw a size band for a company above the medians that takes part in no activity."""
    drawn = random.random()
    if drawn < 0.95:
        return "under_50"
    return "50_to_249" if drawn < 0.99 else "250_and_over"

"""The business register's extract: an area's companies, with exactly the printed medians.

There are three groups of companies. A company *below* has less than the median turnover and
productivity, and at most the median number of employees. A company *above* has more, and at least
the median number of employees. Both groups are equally large. Between them are the *middle*
companies: some have exactly the median turnover, others exactly the median productivity, others
exactly the median number of employees. The median of a ratio is not the ratio of medians, so these
cannot be the same companies.
"""

from dataclasses import dataclass
from random import Random

from sample.targets import Population

#: An area with fewer companies has no room for the middle ones; nothing is printed about it.
_SMALLEST = 6


@dataclass(frozen=True)
class Figures:
    """A company's employees, and its turnover in kroner."""

    employees: int
    turnover_kr: int


def size_band(employees: int) -> str:
    """The programme's size band."""
    if employees < 50:
        return "under_50"
    return "50_to_249" if employees < 250 else "250_and_over"


def middle_companies(population: Population) -> list[Figures]:
    """Companies with exactly one of the three medians; each median splits the others in half."""
    turnover, productivity = population.turnover, population.productivity
    if population.companies < _SMALLEST:
        return [Figures(population.employees, turnover * 1000)] * population.companies
    balance = turnover / productivity
    # a company with the median turnover is productive if it has few employees, otherwise not
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
    """Turnover per employee (thousand kr.) above both medians, and below both medians."""
    both = population.productivity, population.turnover / employees
    return max(both), min(both)


def companies_above(population: Population) -> range:
    """Positions of the companies above the medians; they come after the middle ones."""
    middle = len(middle_companies(population))
    # an odd number has one more above: each middle company of money is below in one measure
    above = (population.companies - middle + 1) // 2
    return range(middle, middle + above)


def figures_above(population: Population, band: str, random: Random) -> Figures:
    """A company above the medians, of the given size band (``unknown``: under 50)."""
    least, most = {"50_to_249": (50, 249), "250_and_over": (250, 2500)}.get(band, (1, 49))
    least = max(least, population.employees)
    employees = int(least + (most - least) * random.random() ** 4)
    floor, _ = _bounds(population, employees)
    ratio = floor * (1.05 + 3 * random.random() ** 3)
    return Figures(employees, int(employees * ratio * 1000))


def figures_below(population: Population, random: Random) -> Figures:
    """A company below the medians, or with the median number of employees."""
    most = population.employees
    employees = most if random.random() < 0.25 else 1 + int(most * random.random())
    _, ceiling = _bounds(population, employees)
    return Figures(employees, int(employees * ceiling * (0.15 + 0.8 * random.random()) * 1000))


def common_band(random: Random) -> str:
    """A random size band for a company above the medians that takes part in no activity."""
    drawn = random.random()
    if drawn < 0.95:
        return "under_50"
    return "50_to_249" if drawn < 0.99 else "250_and_over"

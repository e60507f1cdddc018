"""Select applications with exact fractions, one application at a time."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

LOWEST_AVERAGE, LOWEST_CRITERION = Fraction(13, 2), Fraction(5)


@dataclass(frozen=True)
class Application:
    """An application with the assessors' scores for each criterion."""

    organisation_id: str
    area_id: str
    grant_type_id: str
    applied: int
    scores: dict[str, list[Fraction]]


def score(application: Application, weights: dict[str, Fraction]) -> Fraction:
    """Return the weighted mean of the criteria, rounded to two decimals like the criteria."""
    return rounded(
        sum(weights[criterion] * mean for criterion, mean in criteria(application).items())
    )


def criteria(application: Application) -> dict[str, Fraction]:
    """Return the mean of the assessors' scores for each criterion."""
    return {c: rounded(Fraction(sum(s), len(s))) for c, s in application.scores.items()}


def selected(
    applications: list[Application], weights: dict[str, Fraction]
) -> list[tuple[Application, Fraction]]:
    """Return the selected applications, each with its score.

    An organisation is selected if all its applications meet the minimum and it is the best of its
    area.
    """
    together: dict[str, list[Application]] = {}
    for application in applications:
        together.setdefault(application.organisation_id, []).append(application)
    qualified = {
        organisation: own
        for organisation, own in together.items()
        if all(
            score(one, weights) >= LOWEST_AVERAGE
            and min(criteria(one).values()) >= LOWEST_CRITERION
            for one in own
        )
    }
    best: dict[str, str] = {}
    for organisation in sorted(qualified, key=lambda o: _merit(o, qualified[o], weights)):
        best.setdefault(qualified[organisation][0].area_id, organisation)
    return [
        (one, score(one, weights))
        for one in applications
        if best.get(one.area_id) == one.organisation_id
    ]


def _merit(organisation: str, own: list[Application], weights: dict[str, Fraction]):
    """Return a sort key: the smaller key is the better organisation."""
    mean = sum(score(one, weights) for one in own) / len(own)
    lowest = min(min(criteria(one).values()) for one in own)
    return -mean, -lowest, sum(one.applied for one in own), organisation


def rounded(value: Fraction) -> Fraction:
    """Round to two decimals, half away from zero."""
    # with 30 digits, half a hundredth differs from any smaller fraction
    exact = Decimal(value.numerator * 10**30 // value.denominator).scaleb(-30)
    return Fraction(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))

"""Compute scores with exact fractions, one organisation at a time."""

from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(frozen=True)
class Application:
    """An application with its scores.

    ``scores`` has the assessors' scores for each criterion. ``stated`` is the total score, if the
    application states a total score instead.
    """

    organisation_id: str
    area_id: str
    grant_type_id: str
    applied: Fraction
    scores: dict[str, list[Fraction]] = field(default_factory=dict)
    stated: Fraction | None = None


@dataclass(frozen=True)
class Call:
    """The rules and applications of a call.

    ``weights`` has a whole number for each criterion of a grant. A grant weighs 1 unless
    ``grant_weights`` says otherwise.
    """

    score_decimals: int
    criterion_decimals: int
    minimum_unit: str
    when_one_grant_fails: str
    competition: str
    minimum_average: Fraction | None
    minimum_criterion: Fraction | None
    weights: dict[str, dict[str, int]]
    applications: list[Application]
    grant_weights: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """The outcome of an application."""

    exact: Fraction | None
    score: Fraction | None
    lowest: Fraction | None
    mean: Fraction | None
    minimum_met: bool | None
    failed: frozenset[str]
    selected: bool
    reason: str


def judge(call: Call) -> dict[tuple[str, str], Outcome]:
    """Return (organisation, grant) -> outcome."""
    organisations: dict[str, list[Application]] = {}
    for application in call.applications:
        organisations.setdefault(application.organisation_id, []).append(application)
    met = {o: _met(call, own) for o, own in organisations.items()}
    winners: dict[str, str] = {}
    qualified = [o for o, own in organisations.items() if any(met[o][a.grant_type_id] for a in own)]
    for organisation in sorted(qualified, key=lambda o: _merit(call, o, organisations[o])):
        winners.setdefault(organisations[organisation][0].area_id, organisation)
    found = {}
    for organisation, own in organisations.items():
        for one in own:
            meets = met[organisation][one.grant_type_id]
            wins = call.competition == "none" or winners.get(one.area_id) == organisation
            found[organisation, one.grant_type_id] = Outcome(
                exact=_exact(call, one),
                score=_score(call, one),
                lowest=_lowest(call, one),
                mean=_mean(call, own),
                minimum_met=meets,
                failed=_failed(call, one, own, meets),
                selected=bool(meets) and wins,
                reason=_reason(call, one, own, meets, wins),
            )
    return found


def rounded(value: Fraction, decimals: int) -> Fraction:
    """Round half away from zero; no value here is negative."""
    scale = 10**decimals
    return Fraction((2 * value * scale + 1) // 2, scale)


def _criteria(call: Call, one: Application) -> dict[str, Fraction]:
    return {
        c: rounded(Fraction(sum(s), len(s)), call.criterion_decimals) for c, s in one.scores.items()
    }


def _exact(call: Call, one: Application) -> Fraction | None:
    weights = call.weights[one.grant_type_id]
    if one.scores.keys() != weights.keys():
        return None
    means = _criteria(call, one)
    return Fraction(sum(weights[c] * means[c] for c in means), sum(weights.values()))


def _score(call: Call, one: Application) -> Fraction | None:
    if not one.scores:
        return one.stated
    exact = _exact(call, one)
    return None if exact is None else rounded(exact, call.score_decimals)


def _lowest(call: Call, one: Application) -> Fraction | None:
    return min(_criteria(call, one).values(), default=None)


def _mean(call: Call, own: list[Application]) -> Fraction | None:
    scores = [_score(call, one) for one in own]
    if None in scores:
        return None
    weights = [call.grant_weights.get(one.grant_type_id, 1) for one in own]
    return Fraction(sum(w * s for w, s in zip(weights, scores, strict=True)), sum(weights))


def _own_failures(call: Call, one: Application, own: list[Application]) -> set[str]:
    judged = _mean(call, own) if call.minimum_unit == "organisation" else _score(call, one)
    failures = set()
    if None not in (judged, call.minimum_average) and judged < call.minimum_average:
        failures.add("average")
    if call.minimum_criterion is not None:
        means = _criteria(call, one)
        failures |= {f"criterion {c}" for c, m in means.items() if m < call.minimum_criterion}
    return failures


def _met(call: Call, own: list[Application]) -> dict[str, bool | None]:
    if _mean(call, own) is None:
        return dict.fromkeys((one.grant_type_id for one in own), None)
    alone = {one.grant_type_id: not _own_failures(call, one, own) for one in own}
    if call.minimum_unit == "organisation" or call.when_one_grant_fails == "all_fall":
        return dict.fromkeys(alone, all(alone.values()))
    return alone


def _failed(
    call: Call, one: Application, own: list[Application], meets: bool | None
) -> frozenset[str]:
    failures = _own_failures(call, one, own)
    return frozenset(failures or ({"other_grant"} if meets is False else ()))


def _merit(call: Call, organisation: str, own: list[Application]) -> tuple[object, ...]:
    """Return a sort key: the smaller key is the better organisation.

    An unknown lowest criterion is worse than any known one.
    """
    lowest = [low for one in own if (low := _lowest(call, one)) is not None]
    return (
        -(_mean(call, own) or 0),
        -min(lowest) if lowest else 1,
        sum(one.applied for one in own),
        organisation,
    )


def _reason(
    call: Call, one: Application, own: list[Application], meets: bool | None, wins: bool
) -> str:
    if not one.scores and one.stated is None:
        return "not_scored"
    if _mean(call, own) is None:
        return "incomplete_scores"
    if not meets:
        return "below_minimum"
    return "selected" if wins else "lost_competition"

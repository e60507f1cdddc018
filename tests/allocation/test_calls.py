"""Compute random calls in all scenarios of the release, from assessors' scores to awards."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from klynge.lineage.workspace import attach_views, run_models, workspace
from klynge.releases.models import read_models
from klynge.releases.reading import DATABASE
from klynge.whatif.what_if import APPLICATIONS, GIVEN, SCORES, open_what_if
from tests.allocation.chain import decimal
from tests.allocation.files import CALL
from tests.allocation.reference import Unit, share_out
from tests.allocation.reference_call import LOWEST_AVERAGE, Application, score, selected

#: The number of calls in one run. Each call has its own basis.
CALLS = 50
#: This model has the awards by every rule. ``mart_allocation`` shows only the call's own rule.
SCENARIOS = "allocation.mart_allocation_scenarios"
#: This model has the score of each application, which is the same in all scenarios.
SCORED = "intermediate.int_scored_applications"
RULES = {
    "proportional": lambda score, applied: score * applied,
    "proportional_above_minimum": lambda score, applied: (score - LOWEST_AVERAGE) * applied,
    "equal_share_capped": lambda _score, _applied: Fraction(1),
    "score_share_capped": lambda score, _applied: score,
}


def applications(chance, criteria):
    """Draw the applications of a call, from up to eight organisations in three areas."""
    made = []
    largest = chance.choice([10**6, 10**10, 10**12])
    lowest = chance.choice([40, 60, 70])
    for organisation in range(chance.randint(0, 8)):
        name = f"{chance.choice('ab')}{organisation}"
        area = chance.choice(["construction", "tourism", "sound_technology"])
        made += [
            Application(
                organisation_id=name,
                area_id=area,
                grant_type_id=grant,
                applied=chance.randint(1, largest),
                scores={
                    criterion: [
                        Fraction(chance.randint(lowest, 100), 10)
                        for _ in range(chance.randint(1, 3))
                    ]
                    for criterion in criteria[grant]
                },
            )
            for grant in chance.sample(sorted(criteria), chance.randint(1, 2))
        ]
    return made


def submitted_tables(calls):
    """Return the applications and the scores of calls as tables; each call has its own basis."""
    rows = [(str(basis), one) for basis, own in enumerate(calls) for one in own]
    assessed = [
        (basis, one, criterion, str(assessor), score)
        for basis, one in rows
        for criterion, scores in one.scores.items()
        for assessor, score in enumerate(scores)
    ]
    applications = pa.table(
        {
            "basis": [basis for basis, _ in rows],
            "organisation_id": [one.organisation_id for _, one in rows],
            "area_id": [one.area_id for _, one in rows],
            "grant_type_id": [one.grant_type_id for _, one in rows],
            "applied_amount_kr": [Decimal(one.applied) / 100 for _, one in rows],
        }
    )
    scores_of_assessors = pa.table(
        {
            "basis": [basis for basis, *_ in assessed],
            "organisation_id": [one.organisation_id for _, one, *_ in assessed],
            "grant_type_id": [one.grant_type_id for _, one, *_ in assessed],
            "criterion_id": [criterion for *_, criterion, _, _ in assessed],
            "assessor_id": [assessor for *_, assessor, _ in assessed],
            "score": [decimal(score) for *_, score in assessed],
        }
    )
    return applications, scores_of_assessors


def allocated(release, calls):
    """Compute awards with the models of the release.

    The keys are (call, scenario, organisation, grant). The values are (score, whether selected,
    award in kroner).
    """
    models = read_models(release)
    chain = models.build_plan(GIVEN, [SCENARIOS])
    applications, scores = submitted_tables(calls)
    with workspace() as connection:
        read = models.external_inputs(chain) - {APPLICATIONS, SCORES}
        attach_views(connection, release.path / DATABASE, read)
        connection.execute("create schema if not exists core")
        connection.register("given_applications", applications)
        connection.register("given_scores", scores)
        connection.execute(
            f"create table {APPLICATIONS} as select '{CALL}' as call_id, organisation_id, area_id,"
            " grant_type_id, cast(applied_amount_kr as decimal(18, 2)) as applied_amount_kr,"
            " cast(null as decimal(20, 6)) as score, basis, 'x' as source_row_key"
            " from given_applications"
        )
        connection.execute(
            f"create table {SCORES} as select '{CALL}' as call_id, organisation_id, grant_type_id,"
            " criterion_id, assessor_id, cast(score as decimal(4, 2)) as score, basis"
            " from given_scores"
        )
        run_models(connection, [replace(model, materialized="table") for model in chain])
        told = connection.execute(
            "select awards.basis, scenario_id, organisation_id, grant_type_id, scored.score,"
            f" awards.selected, recommended_amount_kr from {SCENARIOS} as awards"
            f" left join {SCORED} as scored using (basis, organisation_id, grant_type_id)"
        ).fetchall()
    return {tuple(row[:4]): tuple(row[4:]) for row in told}


def expected(own, call):
    """Compute a call's awards with the reference.

    The keys are (scenario, organisation, grant). The values are (score, whether selected, award in
    kroner).
    """
    weights = {c.criterion_id: c.weight for c in call.criteria}
    chosen = selected(own, weights)
    found = {}
    for rule, weight in RULES.items():
        apart = {grant: {grant} for grant in call.pots}
        for scope, pots in (("grant_type", apart), ("call", {"all": set(call.pots)})):
            for grants in pots.values():
                units = [
                    Unit(
                        one.organisation_id,
                        one.grant_type_id,
                        points,
                        one.applied,
                        one.applied,
                        0,
                        weight(points, one.applied),
                    )
                    for one, points in chosen
                    if one.grant_type_id in grants
                ]
                pot = sum(int(call.pots[grant] * 100) for grant in grants)
                awards = dict(zip(units, share_out(pot, units).awards, strict=True))
                ore = {(u.organisation_id, u.grant_type_id): a for u, a in awards.items()}
                for one in (one for one in own if one.grant_type_id in grants):
                    key = (one.organisation_id, one.grant_type_id)
                    found[f"{rule}_by_{scope}", *key] = (
                        decimal(score(one, weights)),
                        key in ore,
                        Decimal(ore.get(key, 0)) / 100,
                    )
    return found


@settings(max_examples=5)
@given(st.integers(0, 2**32).map(Random))
def test_a_call_ends_as_the_reference_says(release, chance):
    with open_what_if(release, CALL) as what_if:
        call = what_if.call
    grants = {c.grant_type_id: [] for c in call.criteria}
    for criterion in call.criteria:
        grants[criterion.grant_type_id].append(criterion.criterion_id)
    calls = [applications(chance, grants) for _ in range(CALLS)]
    told = allocated(release, calls)
    assert len(told) == 8 * sum(map(len, calls))
    for basis, own in enumerate(calls):
        for key, answer in expected(own, call).items():
            assert told[str(basis), *key] == answer, (key, own)

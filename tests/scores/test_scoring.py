"""Random calls are scored with the SQL of a release and with the same rules in exact fractions."""

from decimal import Decimal
from fractions import Fraction
from random import Random

import pyarrow as pa
import pytest

from klynge.lineage.workspace import run_models, workspace
from klynge.releases.models import read_models
from klynge.releases.reading import open_release
from tests.scores.reference import Application, Call, judge

CALLS = 2000
GIVEN = {
    "core.fct_applications",
    "core.fct_criterion_scores",
    "core.dim_call_parameter",
    "core.dim_requirement",
    "core.dim_criterion",
}
SCORED = "intermediate.int_scored_applications"
#: These tables give the columns their types. The id of a criterion consists of call, grant and
#: code.
TABLES = """
    create schema core;
    create table core.fct_applications as
        select call_id, organisation_id, area_id, grant_type_id, basis, call_id as source_row_key,
            cast(applied as decimal(18, 2)) as applied_amount_kr,
            cast(stated as decimal(20, 6)) as score
        from applications;
    create table core.fct_criterion_scores as
        select call_id, organisation_id, grant_type_id, criterion_id, basis,
            cast(score as decimal(4, 2)) as score
        from scores;
    create table core.dim_call_parameter as from parameters;
    create table core.dim_requirement as
        select call_id, 'minimum_score' as kind, scope, cast(value as decimal(20, 6)) as value
        from minimums;
    create table core.dim_criterion as
        select call_id, grant_type_id, criterion_id, code,
            cast(weight as integer) as weight_numerator,
            cast(whole as integer) as weight_denominator
        from weights;
"""


def random_call(chance: Random) -> Call:
    grants = ["cluster", "innovation", "third"][: chance.randint(1, 3)]
    weights = {
        grant: {f"{grant[0].upper()}{n}": chance.randint(1, 4) for n in range(chance.randint(1, 4))}
        for grant in grants
    }
    # there are few different values, so that means and criteria are often equal
    points = [Fraction(chance.randint(8, 20), 2) for _ in range(4)]
    applications = []
    for number in range(chance.randint(0, 7)):
        area = chance.choice("xyz")
        made_of = chance.choices(["criteria", "stated", "half", "nothing"], [12, 4, 1, 1])[0]
        for grant in chance.sample(grants, chance.randint(1, len(grants))):
            scored = list(weights[grant])
            if made_of == "half":
                scored = chance.sample(scored, chance.randint(0, len(scored)))
            applications.append(
                Application(
                    organisation_id=f"o{number}",
                    area_id=area,
                    grant_type_id=grant,
                    applied=Fraction(chance.randint(1, 3)),
                    scores={c: chance.choices(points, k=chance.randint(1, 3)) for c in scored}
                    if made_of in ("criteria", "half")
                    else {},
                    stated=chance.choice(points) if made_of == "stated" else None,
                )
            )
    return Call(
        score_decimals=chance.randint(0, 4),
        criterion_decimals=chance.randint(0, 4),
        minimum_unit=chance.choice(["application", "organisation"]),
        when_one_grant_fails=chance.choice(["all_fall", "only_that_one"]),
        competition=chance.choice(["best_mean_in_area", "none"]),
        minimum_average=chance.choice([None, *points]),
        minimum_criterion=chance.choice([None, *points]),
        weights=weights,
        applications=applications,
    )


def rows(calls: list[Call]) -> dict[str, pa.Table]:
    made: dict[str, list[dict[str, str | None]]] = {
        name: [] for name in ("applications", "scores", "parameters", "minimums", "weights")
    }
    for number, call in enumerate(calls):
        of_call = {"call_id": str(number)}
        of_application = {**of_call, "basis": "sample"}
        for name in ("score_decimals", "criterion_decimals", "minimum_unit"):
            made["parameters"].append({**of_call, "parameter": name, "value": say(call, name)})
        for name in ("when_one_grant_fails", "competition"):
            made["parameters"].append({**of_call, "parameter": name, "value": say(call, name)})
        for scope, value in {
            "application": call.minimum_average,
            "sub_criterion": call.minimum_criterion,
        }.items():
            if value is not None:
                made["minimums"].append({**of_call, "scope": scope, "value": text(value)})
        for grant, weights in call.weights.items():
            for code, weight in weights.items():
                made["weights"].append(
                    {
                        **of_call,
                        "grant_type_id": grant,
                        "criterion_id": f"{number}/{grant}/{code}",
                        "code": code,
                        "weight": str(weight),
                        "whole": str(sum(weights.values())),
                    }
                )
        for one in call.applications:
            made["applications"].append(
                {
                    **of_application,
                    "organisation_id": one.organisation_id,
                    "area_id": one.area_id,
                    "grant_type_id": one.grant_type_id,
                    "applied": text(one.applied),
                    "stated": None if one.stated is None else text(one.stated),
                }
            )
            made["scores"] += [
                {
                    **of_application,
                    "organisation_id": one.organisation_id,
                    "grant_type_id": one.grant_type_id,
                    "criterion_id": f"{number}/{one.grant_type_id}/{code}",
                    "score": text(score),
                }
                for code, scores in one.scores.items()
                for score in scores
            ]
    return {name: pa.Table.from_pylist(found) for name, found in made.items()}


def say(call: Call, name: str) -> str:
    return str(getattr(call, name))


def text(value: Fraction) -> str:
    return str(Decimal(value.numerator) / Decimal(value.denominator))


def scored(models, calls):
    """Return (call, organisation, grant) -> the row that the SQL computes."""
    with workspace() as connection:
        for name, table in rows(calls).items():
            connection.register(name, table)
        connection.execute(TABLES)
        run_models(connection, models.build_plan(GIVEN, [SCORED]))
        found = connection.execute(f"from {SCORED}")
        names = [column[0] for column in found.description]
        made = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {(int(r["call_id"]), r["organisation_id"], r["grant_type_id"]): r for r in made}


@pytest.fixture(scope="module")
def models(published):
    return read_models(open_release(home=published))


def exact(value):
    return None if value is None else Fraction(value)


def test_random_calls_come_out_as_by_hand(models):
    chance = Random(2025)  # noqa: S311 - a test's
    calls = [random_call(chance) for _ in range(CALLS)]
    found = scored(models, calls)
    reasons = set()
    seen = 0
    for number, call in enumerate(calls):
        for (organisation, grant), outcome in judge(call).items():
            row = found[number, organisation, grant]
            where = (number, organisation, grant, call)
            if outcome.exact is not None:
                given = Fraction(row["score_numerator"], row["score_denominator"])
                assert given == outcome.exact, where
            assert exact(row["score"]) == outcome.score, where
            assert exact(row["lowest_criterion_score"]) == outcome.lowest, where
            assert (row["mean_score"] is None) == (outcome.mean is None), where
            if outcome.mean is not None:
                assert abs(exact(row["mean_score"]) - outcome.mean) <= Fraction(1, 2 * 10**6), where
            assert row["minimum_met"] == outcome.minimum_met, where
            assert set(filter(None, (row["failed"] or "").split(", "))) == outcome.failed, where
            assert row["selected"] == outcome.selected, where
            assert row["reason"] == outcome.reason, where
            reasons.add(outcome.reason)
            seen += 1
    assert len(found) == seen
    assert reasons == {
        "selected",
        "below_minimum",
        "lost_competition",
        "not_scored",
        "incomplete_scores",
    }


def test_order_of_rows_and_names_of_calls_do_not_matter(models):
    chance = Random(7)  # noqa: S311 - a test's
    calls = [random_call(chance) for _ in range(50)]
    first = scored(models, calls)
    again = scored(models, calls[::-1])
    for (number, organisation, grant), row in first.items():
        other = again[len(calls) - 1 - number, organisation, grant]
        assert [row[c] for c in ("score", "area_rank", "selected", "reason", "failed")] == [
            other[c] for c in ("score", "area_rank", "selected", "reason", "failed")
        ]

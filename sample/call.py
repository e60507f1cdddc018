"""Invent applications, scores, decisions and targets of a call that fit the printed figures.

The documents print only sums over both grants, means, and assessments in words. ``call.yml``
invents single numbers that fit them. The recommended amounts follow one rule: an application's
share of its pot is proportional to the amount applied for, times the score above the minimum
(``docs/decisions/0015-what-the-print-proves-about-the-rule.md``).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from klynge import checkout
from klynge.print.numbers import parse
from klynge.seed_files import read_seed

CALL = "klyngeprogram_2025_2028"
#: The year for which the applicants report their targets.
TARGETS_REPORTED = 2025
#: The cells of the annex. It prints the amounts and targets of the two competitors.
ANNEX_CELLS = checkout.SEEDS / "documents" / "am_hub_made_2025" / "cells.csv"
#: These reference seeds have the printed applications: organisation, area, grant and outcome.
CALL_SEEDS = ("area_designations", "criteria", "expected_results")
CHOICES = Path(__file__).parent / "call.yml"

HIGHEST_SCORE = Decimal(10)


@dataclass(frozen=True)
class Application:
    """One organisation's application for one grant.

    Amounts are in kroner; scores are by criterion id.
    """

    organisation_id: str
    grant_type: str
    area_id: str
    outcome: str
    applied: Decimal
    recommended: Decimal
    target: Decimal
    scores: dict[str, Decimal]


def read_applications() -> list[Application]:
    """Read all applications to the call, in the order in which the cover lists them."""
    chosen = _choices()["applications"]
    annex = {row["cell_id"]: row for row in read_seed(ANNEX_CELLS)}

    def printed(row: str, grant: str, organisation: str) -> Decimal:
        cell = annex[f"t1.{grant}.{row}.{organisation}"]
        value = parse(cell["printed_text"], cell["number_format"])
        if value is None:
            raise ValueError(f"{cell['cell_id']} has no value")
        return value

    applications = []
    for designation in _rows_of_call("area_designations"):
        organisation = designation["organisation_id"]
        # the seed also has a row for an area without an applicant
        for grant, choice in chosen.get(organisation, {}).items():
            given = choice.get("applied")
            applied = Decimal(given) if given else printed("applied", grant, organisation)
            target = choice.get("target") or printed("smes", grant, organisation)
            recommended = (
                Decimal(choice.get("recommended", applied))
                if designation["outcome"] == "recommended"
                else Decimal(0)
            )
            criteria = [r["criterion_id"] for r in _rows_of_call("criteria", grant)]
            scores = [Decimal(str(score)) for score in choice["scores"]]
            applications.append(
                Application(
                    organisation,
                    grant,
                    designation["area_id"],
                    designation["outcome"],
                    applied,
                    recommended,
                    Decimal(target),
                    dict(zip(criteria, scores, strict=True)),
                )
            )
    return applications


def application_rows(applications: list[Application]) -> Iterator[tuple[Any, ...]]:
    """Yield rows of the contract ``applications``.

    The call comes before the contract's columns.
    """
    for a in applications:
        yield CALL, a.organisation_id, a.grant_type, a.area_id, a.applied


def score_rows(applications: list[Application]) -> Iterator[tuple[Any, ...]]:
    """Yield rows of the contract ``criterion_scores``.

    The call comes before the contract's columns. The assessors' scores lie around the mean of the
    criterion. From one criterion to the next, another assessor gives the lowest score.
    """
    distances = [Decimal(str(distance)) for distance in _choices()["assessors"]]
    for a in applications:
        for turn, (criterion, mean) in enumerate(a.scores.items()):
            for number in range(len(distances)):
                distance = distances[(number + turn) % len(distances)]
                room = HIGHEST_SCORE - mean
                score = mean + max(-room, min(room, distance))
                yield CALL, a.organisation_id, a.grant_type, criterion, f"B{number + 1}", score


def decision_rows(applications: list[Application]) -> Iterator[tuple[Any, ...]]:
    """Yield rows of the contract ``decisions``.

    The call comes before the contract's columns.
    """
    day = _choices()["decided_on"]
    for a in applications:
        yield CALL, a.organisation_id, a.grant_type, a.outcome, a.recommended, day, None


def target_rows(applications: list[Application]) -> Iterator[tuple[Any, ...]]:
    """Yield rows of the contract ``indicator_results``.

    The reporting year comes before the contract's columns.
    """
    expected = {
        row["grant_type_id"]: row for row in _rows_of_call("expected_results") if row["target_year"]
    }
    for a in applications:
        result = expected[a.grant_type]
        yield (
            TARGETS_REPORTED,
            a.organisation_id,
            result["indicator_id"],
            int(result["target_year"]),
            "target",
            "cumulative",
            a.target,
        )


def _choices() -> dict[str, Any]:
    choices: dict[str, Any] = yaml.safe_load(CHOICES.read_text(encoding="utf-8"))
    return choices


def _rows_of_call(seed: str, grant: str | None = None) -> list[dict[str, str]]:
    rows = read_seed(checkout.SEEDS / "reference" / f"{seed}.csv")
    return [
        row
        for row in rows
        if row["call_id"] == CALL and (grant is None or row["grant_type_id"] == grant)
    ]

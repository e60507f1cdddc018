"""Make overlays as a secretariat writes them, for tests."""

from pathlib import Path

from klynge.home import Home
from klynge.reference.seeds import shipped_reference, write_rows

SHIPPED = shipped_reference()
WHY = {"role": "secretariat", "reason": "decided at the meeting"}


def row(seed: str, **values: str) -> dict[str, str]:
    """Return a row of a seed; columns that are not given are empty."""
    return {**dict.fromkeys(SHIPPED.columns(seed), ""), **values}


def reporter(reporter_id: str = "made", **values: str) -> dict[str, str]:
    """Return the row of a cluster organisation as a reporter.

    Values that are not given are those of the shipped row.
    """
    shipped = [r for r in SHIPPED.rows("reporters") if r["reporter_id"] == reporter_id]
    base = (
        shipped[0]
        if shipped
        else row(
            "reporters",
            reporter_id=reporter_id,
            kind="cluster_organisation",
            organisation_id=reporter_id,
            basis="reported",
        )
    )
    return {**base, **values}


def period(period_id: str, **values: str) -> dict[str, str]:
    """Return the row of a reporting period.

    Values that are not given are those of the shipped row.
    """
    shipped = [r for r in SHIPPED.rows("reporting_periods") if r["period_id"] == period_id]
    base = shipped[0] if shipped else row("reporting_periods", period_id=period_id, kind="year")
    return {**base, **values}


def put(folder: Path | Home, seed: str, *rows: dict[str, str]) -> Path:
    """Write rows as the file of a seed, into a folder or into a home's folder ``reference``."""
    place = folder.reference if isinstance(folder, Home) else folder
    place.mkdir(parents=True, exist_ok=True)
    path = place / f"{seed}.csv"
    path.write_bytes(write_rows(SHIPPED.columns(seed), list(rows)))
    return path


def new_call() -> dict[str, list[dict[str, str]]]:
    """Return the rows of a whole call of 2029 to 2032 with two grants, by seed."""
    grants = ("cluster_2029", "innovation_2029")
    call = {"call_id": "klyngeprogram_2029_2032"}
    parameters = [
        {**p, **call, "document_id": "", "line_number": ""} for p in SHIPPED.rows("call_parameters")
    ]
    rule = [r for r in SHIPPED.rows("allocation_scenarios") if r["is_call_rule"] == "true"]
    return {
        "calls": [
            row(
                "calls",
                **call,
                label_da="Klyngeprogram 2029-2032",
                label_en="Cluster programme 2029-2032",
                period_id="2029-2032",
                total_amount_kr="300000000",
            )
        ],
        "grant_types": [
            row(
                "grant_types",
                grant_type_id=grant,
                label_da=grant,
                label_en=grant,
                programme_period="2029-2032",
            )
            for grant in grants
        ],
        "call_grant_types": [
            row("call_grant_types", **call, grant_type_id=grant, pot_kr="150000000")
            for grant in grants
        ],
        "call_parameters": parameters,
        "criteria": [
            row(
                "criteria",
                **call,
                criterion_id=f"{grant}_{code}",
                grant_type_id=grant,
                code=code.upper(),
                label_da=code,
                label_en=code,
            )
            for grant in grants
            for code in ("a1", "b1")
        ],
        "criterion_weights": [
            row(
                "criterion_weights",
                criterion_id=f"{grant}_{code}",
                weight_numerator="1",
                weight_denominator="2",
            )
            for grant in grants
            for code in ("a1", "b1")
        ],
        "requirements": [
            row(
                "requirements",
                **call,
                requirement_id=f"klyngeprogram_2029_{scope}",
                kind="minimum_score",
                label_en=scope,
                scope=scope,
                value=value,
                unit="point",
            )
            for scope, value in (("application", "6.5"), ("sub_criterion", "5"))
        ],
        "allocation_scenarios": [
            {
                **rule[0],
                **call,
                "scenario_id": "proportional_2029",
                "document_id": "",
                "line_number": "",
            }
        ],
        "evaluation_periods": [
            row("evaluation_periods", period_id="2029-2032", year=str(year))
            for year in range(2029, 2033)
        ],
        "reporting_periods": [
            row(
                "reporting_periods",
                period_id=call["call_id"],
                kind="call",
                due_on="2029-03-01",
                closes_on="2029-12-31",
            )
        ],
    }

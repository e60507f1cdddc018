"""Compute the consumed funding, and the staff that it pays for.

The amounts follow the rows of table 7, except in the column of other money. In this column, the
thirteen rows add up to less than the printed total. The sample follows the printed total, because
the shares of table 2 are based on it. The difference goes to the organisation whose income of 2023
was not validated.
"""

from collections.abc import Iterator
from decimal import Decimal

from sample.counting import apportion_by
from sample.targets import FUNDING_SOURCES, YEARS, Targets

_MILLION = 1_000_000

#: (organisation, source, whether validated) -> kroner of all three years together.
ConsumedFunding = dict[tuple[str, str, bool], int]


def consumed_funding(targets: Targets) -> ConsumedFunding:
    """Compute kroner by organisation and source.

    When the amounts are rounded, they equal the printed rows and totals.
    """
    amounts: ConsumedFunding = {}
    for source in FUNDING_SOURCES:
        rows = {o: targets.value(f"t7.{o}.{source}") for o in targets.organisations}
        total = targets.value(f"t7.total.{source}")
        missing = total - sum(rows.values())
        if source != "other":
            # the printed rows are rounded, so scale them to the printed total
            factor = 1 + missing / sum(rows.values())
            rows = {o: value * factor for o, value in rows.items()}
        amounts |= {(o, source, True): int(value * _MILLION) for o, value in rows.items()}
        if source == "other":
            organisation = targets.choice("unvalidated")["organisation"]
            unvalidated = _unvalidated(targets)
            amounts[organisation, source, True] += int((missing - unvalidated) * _MILLION)
            amounts[organisation, source, False] = int(unvalidated * _MILLION)
    return amounts


def _unvalidated(targets: Targets) -> Decimal:
    """Return the income that was not validated, in million kr.

    It is the other income in the totals of table 7 minus the validated other income in table 2.
    """
    printed = sum(targets.value(f"t7.total.{source}") for source in FUNDING_SOURCES[1:])
    return Decimal(printed) - targets.value("t2.total.other_income")


def funding_rows(targets: Targets, amounts: ConsumedFunding) -> Iterator[tuple[object, ...]]:
    """Yield rows of the contract ``funding``.

    The year comes before the contract's columns.
    """
    unvalidated = targets.choice("unvalidated")
    for (organisation, source, validated), amount in amounts.items():
        by_year = (
            apportion_by(amount, targets.choice("money_years"))
            if validated
            else {unvalidated["year"]: amount}
        )
        for year, part in by_year.items():
            funders = _funders(targets, organisation, source)
            for funder, kroner in apportion_by(part, funders).items():
                mark = "" if validated else "-unvalidated"
                line = "-".join(filter(None, (str(year), source, funder))) + mark
                gross = "gross" if source == "cluster_grant" else "net"
                yield (
                    year,
                    organisation,
                    line,
                    source,
                    funder,
                    "consumed",
                    gross,
                    "current",
                    False,
                    validated,
                    Decimal(kroner),
                )


def _funders(targets: Targets, organisation: str, source: str) -> dict[str | None, float]:
    if source == "cluster_grant":
        return dict(targets.choice("cluster_grant_funders"))
    if source == "public":
        return dict(targets.choice("public_funders", organisation))
    return {"eu" if source == "eu" else None: 1}


def full_time_equivalents(
    targets: Targets, amounts: ConsumedFunding
) -> Iterator[tuple[int, str, str, Decimal]]:
    """Yield rows of (year, organisation, funder of staff, full-time equivalents).

    The full-time equivalents are proportional to the funding of their source.
    """
    staff = targets.choice("staff")
    shares = targets.choice("cluster_grant_funders")
    whole = sum(targets.choice("money_years").values())
    for organisation in targets.organisations:
        grant = amounts[organisation, "cluster_grant", True]
        income = sum(amounts[organisation, source, True] for source in FUNDING_SOURCES[1:])
        money = {funder: grant * share / 100 for funder, share in shares.items()}
        money["other_income"] = income
        for year in YEARS:
            part = targets.choice("money_years")[year] / whole
            for funder, kroner in money.items():
                paid = kroner * part * staff[funder] / 100 / (staff["cost"] * _MILLION)
                yield year, organisation, funder, Decimal(f"{paid:.2f}")

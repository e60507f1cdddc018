"""Consumed funding and the staff it pays for.

Rows of table 7 are followed, but for other money: there the thirteen rows lack what the total has.
The sample follows the total, and table 2, whose shares rest on it: the missing money is that of the
organisation with an item of 2023 that was not validated.
"""

from collections.abc import Iterator
from decimal import Decimal

from sample.counting import apportion_by
from sample.targets import FUNDING_SOURCES, YEARS, Targets

_MILLION = 1_000_000

#: organisation, source, validated -> kroner of all three years
Consumed = dict[tuple[str, str, bool], int]


def consumed(targets: Targets) -> Consumed:
    """Kroner by organisation and source, rounding to the printed rows and totals."""
    amounts: Consumed = {}
    for source in FUNDING_SOURCES:
        rows = {o: targets.value(f"t7.{o}.{source}") for o in targets.organisations}
        total = targets.value(f"t7.total.{source}")
        missing = total - sum(rows.values())
        if source != "other":
            # the rows' rounding: a little more or less for each, in proportion
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
    """Other income by the totals of table 7, less what table 2 counts."""
    printed = sum(targets.value(f"t7.total.{source}") for source in FUNDING_SOURCES[1:])
    return Decimal(printed) - targets.value("t2.total.other_income")


def funding_lines(targets: Targets, amounts: Consumed) -> Iterator[tuple[object, ...]]:
    """Rows of the contract ``funding``, after the year."""
    odd = targets.choice("unvalidated")
    for (organisation, source, validated), amount in amounts.items():
        by_year = (
            apportion_by(amount, targets.choice("money_years"))
            if validated
            else {odd["year"]: amount}
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
    targets: Targets, amounts: Consumed
) -> Iterator[tuple[int, str, str, Decimal]]:
    """Year, organisation, staff funder and full-time equivalents: in proportion to the money."""
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

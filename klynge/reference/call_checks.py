"""Check the calls: their numbers must be possible, and their parts must fit together.

A number that is too large, or a weight that is missing, would stop the build of every figure.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache

import yaml

from klynge import checkout
from klynge.messages import Message, counted, message
from klynge.reference.problems import Problem
from klynge.reference.seeds import SeedRow

Tables = Mapping[str, Sequence[SeedRow]]


@dataclass(frozen=True)
class Range:
    """The numbers from ``lowest`` to ``highest``, with at most ``decimals`` decimals."""

    lowest: int
    highest: int
    decimals: int = 0

    def holds(self, text: str) -> bool:
        """Whether the text is a number of this range, written with a decimal point."""
        try:
            number = Decimal(text)
        except InvalidOperation:
            return False
        exponent = number.as_tuple().exponent
        return (
            isinstance(exponent, int)
            and 0 <= -exponent <= self.decimals
            and self.lowest <= number <= self.highest
            and text.isascii()
            and text.replace(".", "", 1).isdigit()
        )

    @property
    def text(self) -> Message:
        """The range in words."""
        ends = {"lowest": self.lowest, "highest": self.highest}
        if not self.decimals:
            return message("from {lowest} to {highest:,}", **ends)
        return counted(
            "from {lowest} to {highest:,} with at most {count} decimal",
            "from {lowest} to {highest:,} with at most {count} decimals",
            self.decimals,
            **ends,
        )

    def refusal(self, name: str, value: str) -> Message:
        """Describe the problem of a value that is not a number of this range."""
        return message(
            "{name} {value!r} is not a number {range}; write digits, with a decimal point",
            name=name,
            value=value,
            range=self.text,
        )


_AMOUNT = Range(0, 10**13, 2)
_PERCENT = Range(0, 100, 6)
#: Seed -> column -> the allowed numbers. An empty value is allowed as well.
_NUMBERS: Mapping[str, Mapping[str, Range]] = {
    "calls": {"total_amount_kr": _AMOUNT},
    "call_grant_types": {"pot_kr": _AMOUNT},
    "allocation_scenarios": {
        "cap_kr": _AMOUNT,
        "floor_kr": _AMOUNT,
        "cap_percent": _PERCENT,
        "floor_percent": _PERCENT,
    },
    "criterion_weights": {
        "weight_numerator": Range(0, 10**6),
        "weight_denominator": Range(1, 10**6),
    },
}
#: Parameter of a call -> the allowed numbers. The parameter has no fixed list of values.
PARAMETER_RANGES: Mapping[str, Range] = {
    "sensitivity_draws": Range(1, 10**6),
    "sensitivity_seed": Range(0, 10**9),
    "sensitivity_weight_spread_percent": _PERCENT,
    "sensitivity_score_error": Range(0, 10, 4),
}
_SCORE = Range(0, 10, 4)


def find_call_problems(tables: Tables) -> Iterator[Problem]:
    """Find the problems of calls and their parts. ``tables`` has the rows of each seed."""
    for seed, columns in _NUMBERS.items():
        for row in tables[seed]:
            yield from _number_problems(row, columns)
    for row in tables["requirements"]:
        if row.values["kind"] == "minimum_score" and not _SCORE.holds(row.values["value"]):
            text = message(
                "value {value!r}: give a score {range}",
                value=row.values["value"],
                range=_SCORE.text,
            )
            yield Problem(row.file, row.number, text)
    yield from _grant_problems(tables)
    yield from _total_problems(tables)
    yield from _weight_problems(tables)


def _number_problems(row: SeedRow, columns: Mapping[str, Range]) -> Iterator[Problem]:
    for column, numbers in columns.items():
        value = row.values[column]
        if value and not numbers.holds(value):
            text = numbers.refusal(column, value)
            yield Problem(row.file, row.number, text)


def _grant_problems(tables: Tables) -> Iterator[Problem]:
    """Find grant types that belong to two calls or do not have the period of their call."""
    periods = {r.values["call_id"]: r.values["period_id"] for r in tables["calls"]}
    grants = {
        r.values["grant_type_id"]: r.values["programme_period"] for r in tables["grant_types"]
    }
    call_of: dict[str, str] = {}
    for row in tables["call_grant_types"]:
        call, grant = row.values["call_id"], row.values["grant_type_id"]
        other = call_of.setdefault(grant, call)
        if other != call:
            text = message(
                "{grant} is a grant type of {other}, and a grant type belongs to one call: give "
                "{call} its own grant types",
                grant=grant,
                other=other,
                call=call,
            )
            yield Problem(row.file, row.number, text)
        elif call in periods and grant in grants and periods[call] != grants[grant]:
            text = message(
                "{grant} has the programme_period {of_grant}, but {call} has the period {of_call}; "
                "correct one of them",
                grant=grant,
                of_grant=grants[grant],
                call=call,
                of_call=periods[call],
            )
            yield Problem(row.file, row.number, text)


def _total_problems(tables: Tables) -> Iterator[Problem]:
    for row in tables["calls"]:
        total, call = row.values["total_amount_kr"], row.values["call_id"]
        pots = [
            r.values["pot_kr"] for r in tables["call_grant_types"] if r.values["call_id"] == call
        ]
        if pots and all(map(_AMOUNT.holds, [total, *pots])):
            summed = sum(map(Decimal, pots))
            if summed != Decimal(total):
                text = message(
                    "total_amount_kr is {total}, but the pots in call_grant_types.csv add up to "
                    "{summed}; correct one of them",
                    total=total,
                    summed=str(summed),
                )
                yield Problem(row.file, row.number, text)


def _weight_problems(tables: Tables) -> Iterator[Problem]:
    """Find criteria without a weight, and grants whose weights do not add up to 1."""
    scored = {row.values["call_id"] for row in tables["call_parameters"]}
    weights = {row.values["criterion_id"]: row.values for row in tables["criterion_weights"]}
    by_grant: dict[tuple[str, str], list[SeedRow]] = {}
    for row in tables["criteria"]:
        by_grant.setdefault((row.values["call_id"], row.values["grant_type_id"]), []).append(row)
    for (call, grant), rows in by_grant.items():
        last = rows[-1]
        if len(rows) > most_criteria():
            text = message(
                "{grant} has {criteria} criteria, and the program can use at most {most}; remove "
                "some of them",
                grant=grant,
                criteria=len(rows),
                most=most_criteria(),
            )
            yield Problem(last.file, last.number, text)
        found = [_weight(weights.get(row.values["criterion_id"], {})) for row in rows]
        if call in scored and None in found:
            row = rows[found.index(None)]
            text = message(
                "{criterion} has no weight; add it to criterion_weights.csv",
                criterion=row.values["criterion_id"],
            )
            yield Problem(row.file, row.number, text)
        elif call in scored and not _is_whole([weight for weight in found if weight]):
            text = message(
                "the weights of {grant} do not add up to 1; in criterion_weights.csv, give all of "
                "them the same weight_denominator: the sum of their weight_numerator",
                grant=grant,
            )
            yield Problem(last.file, last.number, text)


def _weight(row: Mapping[str, str]) -> tuple[int, int] | None:
    """Return the numerator and the denominator of a weight; None if there is no weight."""
    parts = row.get("weight_numerator", ""), row.get("weight_denominator", "")
    return (int(parts[0]), int(parts[1])) if all(map(str.isdecimal, parts)) else None


def _is_whole(weights: Sequence[tuple[int, int]]) -> bool:
    """Whether weights have one denominator, and their numerators add up to this denominator."""
    return {denominator for _, denominator in weights} == {sum(part for part, _ in weights)}


@cache
def most_criteria() -> int:
    """Return the number of criteria per grant for which the models have columns."""
    text = (checkout.DBT_PROJECT / "dbt_project.yml").read_text(encoding="utf-8")
    return int(yaml.safe_load(text)["vars"]["most_criteria"])

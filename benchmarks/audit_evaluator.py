"""Evaluate the audit a second time, in Python that shares no code with the SQL.

The evaluator reads terms, rules, claims and evidence from a built database. It evaluates them in
exact fractions and interval arithmetic. With the printed values it must give the verdicts of
``mart_figure_reconciliation`` and ``mart_claims``. If a figure is given another value, the
evaluator shows which verdicts change.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import duckdb

Values = Mapping[str, Fraction]
Row = dict[str, object]

_TERMS = """
    select t.*, r.relation, r.factor, r.constant
    from audit_steps.int_reconciliation_terms t
    join staging.stg_reconciliation_rules r using (rule_id)
"""
_FIGURES = """
    select f.*, u.kr_factor
    from core.fct_published_figures f join staging.stg_units u using (unit)
"""


_UNCHECKED = """
    select figure_id, reason from audit.mart_figure_reconciliation where rule_id = 'none'
"""


@dataclass(frozen=True)
class Figure:
    """A printed cell with its value.

    ``value`` is None for a label. ``half_width`` is half a unit of the last printed digit, in the
    printed unit. ``place`` is (document id, line, occurrence of the text on the line).
    """

    figure_id: str
    document_id: str
    table_id: str
    printed_text: str
    number_format: str
    value: Fraction | None
    scale: Fraction
    half_width: Fraction
    repeats: str | None
    organisation_id: str | None
    place: tuple[str, int, int]


@dataclass(frozen=True)
class Range:
    """A rounded value, with bounds for the unrounded value."""

    value: Fraction
    lowest: Fraction
    highest: Fraction

    @classmethod
    def around(cls, value: Fraction, width: Fraction) -> "Range":
        """Return the range of numbers that round to ``value``.

        ``width`` is half a rounding unit.
        """
        return cls(value, value - width, value + width)

    def plus(self, constant: Fraction) -> "Range":
        """The range shifted by a constant."""
        return Range(self.value + constant, self.lowest + constant, self.highest + constant)

    def holds(self, value: Fraction) -> bool:
        """Return whether ``value`` lies within the bounds or is equal to one of them."""
        return self.lowest <= value <= self.highest

    def meets(self, other: "Range") -> bool:
        """Return whether the ranges overlap, or one range contains the value of the other.

        Ranges that only touch do not overlap, because a tie is rounded up.
        """
        overlap = self.lowest < other.highest and self.highest > other.lowest
        return overlap or self.holds(other.value) or other.holds(self.value)


@dataclass(frozen=True)
class Side:
    """The sum of the terms in a numerator or a denominator.

    Rounding can change the sum by at most ``slack``.
    """

    value: Fraction
    slack: Fraction

    @classmethod
    def of(cls, parts: Iterable[tuple[Fraction, Fraction, Fraction]]) -> "Side":
        """Add up terms, each given as (coefficient, value, half width)."""
        listed = list(parts)
        return cls(
            sum((c * v for c, v, _ in listed), Fraction()),
            sum((abs(c) * w for c, _, w in listed), Fraction()),
        )


ONE = Side(Fraction(1), Fraction())


class AuditEvaluator:
    """Evaluates the rules, claims and evidence of a built database.

    ``values`` is figure id -> value, in the printed unit.
    """

    def __init__(self, database: Path) -> None:
        with duckdb.connect(str(database), read_only=True) as connection:
            self.figures = {str(r["figure_id"]): _figure(r) for r in _rows(connection, _FIGURES)}
            terms = _grouped(_rows(connection, _TERMS), "rule_id", "figure_id")
            self.rules = {(rule, figure): own for (rule, figure), own in terms.items()}
            self.claims = {
                str(row["claim_id"]): row
                for row in _rows(connection, "from staging.stg_published_claims")
            }
            terms = _grouped(_rows(connection, "from staging.stg_claim_terms"), "claim_id")
            self.claim_terms = {claim_id: own for (claim_id,), own in terms.items()}
            self.evidence = _rows(connection, "from staging.stg_finding_evidence")
            unchecked = _rows(connection, _UNCHECKED)
        self.unchecked = {str(row["figure_id"]): str(row["reason"]) for row in unchecked}
        self.printed: Values = {
            figure_id: figure.value
            for figure_id, figure in self.figures.items()
            if figure.value is not None
        }

    def reconciliation(self, rule_id: str, figure_id: str, values: Values) -> str:
        """Return the verdict of a rule on a figure, computed from ``values``."""
        figure, terms = self.figures[figure_id], self.rules[rule_id, figure_id]
        over = [t for t in terms if t["side"] != "denominator"]
        under = [t for t in terms if t["side"] == "denominator"]
        if not over:
            return "not_checkable"
        factor, constant = _fraction(terms[0]["factor"]), _fraction(terms[0]["constant"])
        numerator = Side.of(self._operand(t, values) for t in over)
        denominator = Side.of(self._operand(t, values) for t in under) if under else ONE
        try:
            result = _quotient(numerator, denominator, factor / figure.scale).plus(constant)
        except ZeroDivisionError:
            return "not_checkable"
        printed = Range.around(values[figure_id], figure.half_width)
        if terms[0]["relation"] == "multiple_of":
            times = (printed.value / result.value + Fraction(1, 2)).__floor__()
            return "agrees" if printed.holds(times * result.value) else "contradicts"
        if terms[0]["relation"] == "at_most":
            if printed.value <= result.value:
                return "agrees"
            within = printed.lowest < result.highest
        else:
            if printed.holds(result.value):
                return "agrees"
            within = result.meets(printed)
        return "agrees_after_rounding" if within else "contradicts"

    def claim(self, claim_id: str, values: Values) -> str:
        """Return the verdict of a claim, computed from ``values``."""
        claim, terms = self.claims[claim_id], self.claim_terms[claim_id]
        try:
            ranges = self._claim_ranges(terms, values)
        except ZeroDivisionError:
            return "not_checkable"
        elements = {element: r for (role, element), r in ranges.items() if role == "left"}
        if not elements:
            return "not_checkable"
        kind = claim["kind"]
        if kind in ("top", "bottom"):
            named = [str(t["element"]) for t in terms if t["role"] == "ranked"]
            return _verdict(self._ranks(elements, named, from_top=kind == "top"))
        other = ranges.get(("threshold" if kind == "count_where" else "right", None))
        bounds = (ranges.get(("lower", None)), ranges.get(("upper", None)))
        holding = [_stands(str(claim["comparator"]), r, other, bounds) for r in elements.values()]
        if kind == "count_where":
            return _verdict(sum(holding) == ranges["right", None].value)
        return _verdict(all(holding))

    def is_exact_rule(self, rule: tuple[str, str]) -> bool:
        """Return whether the rule gives the exact value of its figure.

        Other rules give only a bound or a divisor.
        """
        return self.rules[rule][0]["relation"] == "equals"

    def is_exact_claim(self, claim_id: str) -> bool:
        """Return whether the claim states that values are equal.

        Other claims bound, count or rank values.
        """
        claim = self.claims[claim_id]
        return claim["kind"] in ("compare", "each") and claim["comparator"] == "equals"

    def holds(self, piece: Row, values: Values, texts: Mapping[str, str]) -> bool:
        """Return whether one piece of evidence of a finding holds.

        ``texts`` has the changed text of each figure whose printed text is changed.
        """
        key, expected = str(piece["key"]), str(piece["expected"])
        if piece["evidence"] == "reconciliation":
            return self.reconciliation(expected, key, values) == "contradicts"
        if piece["evidence"] == "claim":
            return self.claim(key, values) == "contradicted"
        return texts.get(key, self.figures[key].printed_text) == expected

    def _operand(self, term: Row, values: Values) -> tuple[Fraction, Fraction, Fraction]:
        coefficient = _fraction(term["coefficient"])
        if term["side"] == "member":
            return coefficient, Fraction(1), Fraction()
        figure = self.figures[str(term["operand_figure_id"])]
        value = values[figure.figure_id] * figure.scale
        return coefficient, value, figure.half_width * figure.scale

    def _claim_ranges(
        self, terms: Sequence[Row], values: Values
    ) -> dict[tuple[str, str | None], Range]:
        parts: dict[tuple[str, str | None], dict[str, list[tuple[Fraction, Fraction, Fraction]]]]
        parts = defaultdict(lambda: {"numerator": [], "denominator": []})
        for term in terms:
            if term["role"] != "ranked":
                element = None if term["element"] is None else str(term["element"])
                own = parts[str(term["role"]), element]
                own[str(term["part"])].append(self._claim_operand(term, values))
        ranges = {}
        for key, own in parts.items():
            under = Side.of(own["denominator"]) if own["denominator"] else ONE
            over = Side.of(own["numerator"])
            if own["numerator"]:
                ranges[key] = _quotient(over, under, Fraction(1))
        return ranges

    def _claim_operand(self, term: Row, values: Values) -> tuple[Fraction, Fraction, Fraction]:
        coefficient = _fraction(term["coefficient"])
        if term["figure_id"] is not None:
            figure = self.figures[str(term["figure_id"])]
            return coefficient, values[figure.figure_id], figure.half_width
        text = str(term["literal_text"])
        decimals = len(text.partition(".")[2])
        width = Fraction(1, 2 * 10**decimals) if decimals else Fraction()
        return coefficient, Fraction(text), width

    def _ranks(
        self, elements: Mapping[str | None, Range], named: Sequence[str], *, from_top: bool
    ) -> bool:
        """Return whether the organisations in ``named`` have the first places, in any order.

        Places are counted from the largest value if ``from_top``, otherwise from the smallest.
        """
        ordered = sorted(
            elements, key=lambda e: (elements[e].value * (-1 if from_top else 1), str(e))
        )
        figures = (self.figures.get(str(element)) for element in ordered)
        places = [
            (f.organisation_id if f else None) or e for f, e in zip(figures, ordered, strict=True)
        ]
        return set(named) <= set(places) and not set(named) & set(places[len(named) :])


def _quotient(over: Side, under: Side, factor: Fraction) -> Range:
    """Divide, multiply the quotient by ``factor``, and round to six decimals.

    Raises :class:`ZeroDivisionError` if the divisor can be zero within its rounding.
    """
    if abs(under.value) <= under.slack:
        raise ZeroDivisionError
    value = _millionths(factor * over.value / under.value)
    if not (over.slack or under.slack):
        return Range(value, value, value)
    corners = [
        factor * numerator / divisor
        for numerator in (over.value - over.slack, over.value + over.slack)
        for divisor in (under.value - under.slack, under.value + under.slack)
    ]
    return Range(value, _millionths(min(corners)), _millionths(max(corners)))


def _millionths(number: Fraction) -> Fraction:
    """Round to six decimals, half away from zero, as the warehouse rounds quotients."""
    whole = (abs(number) * 10**6 + Fraction(1, 2)).__floor__()
    return Fraction(whole if number >= 0 else -whole, 10**6)


def _stands(
    comparator: str,
    left: Range,
    right: Range | None,
    bounds: tuple[Range | None, Range | None],
) -> bool:
    lower, upper = bounds
    if comparator == "between":
        assert lower is not None  # noqa: S101 - the reader of claims demands two bounds
        assert upper is not None  # noqa: S101
        overlap = left.highest > lower.lowest and left.lowest < upper.highest
        return overlap or lower.lowest <= left.value <= upper.highest
    if right is None:
        return False
    tenth = abs(right.value) / 10
    return {
        "equals": left.meets(right),
        "about": abs(left.value - right.value) <= tenth,
        "just_under": right.value > left.value >= right.value * Fraction(9, 10),
        "just_over": right.value < left.value <= right.value * Fraction(11, 10),
        "under": left.value < right.value,
        "over": left.value > right.value,
        "at_least": left.highest >= right.value,
        "up_to": left.lowest <= right.value,
    }[comparator]


def _verdict(holds: bool) -> str:
    return "holds" if holds else "contradicted"


def _figure(row: Row) -> Figure:
    return Figure(
        figure_id=str(row["figure_id"]),
        document_id=str(row["document_id"]),
        table_id=str(row["table_id"]),
        printed_text=str(row["printed_text"]),
        number_format=str(row["number_format"]),
        value=None if row["value"] is None else _fraction(row["value"]),
        scale=_fraction(row["kr_factor"] or 1),
        half_width=_half_width(row),
        repeats=None if row["repeats_figure_id"] is None else str(row["repeats_figure_id"]),
        organisation_id=None if row["organisation_id"] is None else str(row["organisation_id"]),
        place=(str(row["document_id"]), int(str(row["line_number"])), int(str(row["occurrence"]))),
    )


def _half_width(row: Row) -> Fraction:
    """Return half a unit of the last printed digit.

    The result is zero for weights, words and exact counts.
    """
    text = str(row["printed_text"])
    mark = "." if row["number_format"] == "decimal_point" else ","
    decimals = len(text.partition(mark)[2].rstrip(" %"))
    counted = row["unit"] == "number" and row["statistic"] in ("level", "target") and not decimals
    if counted or row["statistic"] == "weight" or row["number_format"] == "word":
        return Fraction()
    return Fraction(1, 2 * 10**decimals)


def _fraction(value: object) -> Fraction:
    assert isinstance(value, int | Decimal)  # noqa: S101 - the columns are decimals and integers
    return Fraction(value)


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    answer = connection.execute(query)
    names = [column[0] for column in answer.description or ()]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def _grouped(rows: Iterable[Row], *columns: str) -> dict[tuple[str, ...], list[Row]]:
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        groups[tuple(str(row[column]) for column in columns)].append(row)
    return dict(groups)

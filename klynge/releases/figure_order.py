"""The order in which a person reads differing figures: facts first, the largest first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import IntEnum
from itertools import groupby

from klynge.releases.figures import FigureDifference
from klynge.releases.row_differences import CHANGED
from klynge.warehouse.schemas import STAR

#: Columns that say how complete a row is; their differences come after those of figures.
_COMPLETENESS = ("reporters", "years", "rows_refused", "completeness", "missing", "has_finding")
#: Tables of the marts' schemas that only sum up or describe others.
_DERIVED = ("evaluation.mart_cluster_overview", "evaluation.mart_reporting")


class Level(IntEnum):
    """How near a table is to the submitted and printed rows."""

    facts = 0
    marts = 1
    derived = 2

    @classmethod
    def of(cls, mart: str) -> "Level":
        """The level of ``schema.table``: facts of the star, marts, and derived or audit tables."""
        schema, _, table = mart.partition(".")
        if table.startswith("fact_"):
            return cls.facts
        return cls.derived if schema in (STAR, "audit") or mart in _DERIVED else cls.marts


@dataclass(frozen=True)
class MartDifference:
    """The differing figures of one mart, as lines.

    A line is one figure of a row that is in both releases, or all figures of a row that only one
    release has. The line with the largest difference comes first.
    """

    mart: str
    lines: Sequence[tuple[FigureDifference, ...]]

    @property
    def figures(self) -> int:
        """The number of differing figures."""
        return sum(map(len, self.lines))


def order_figures(figures: Iterable[FigureDifference]) -> list[MartDifference]:
    """The marts with differing figures: facts first, then marts, then derived and audit tables.

    Within a level, the mart with the largest difference comes first. ``figures`` are in order of
    mart and key.
    """
    found = []
    for mart, of_mart in groupby(figures, lambda figure: figure.mart):
        lines = [
            line
            for kind, of_row in groupby(of_mart, lambda figure: (figure.key, figure.kind))
            for line in _lines(list(of_row), kind[1])
        ]
        found.append(MartDifference(mart, sorted(lines, key=_rank)))
    return sorted(found, key=lambda one: (Level.of(one.mart), _rank(one.lines[0])))


def _lines(figures: list[FigureDifference], kind: str) -> Iterable[tuple[FigureDifference, ...]]:
    return ((figure,) for figure in figures) if kind == CHANGED else [tuple(figures)]


def _rank(line: tuple[FigureDifference, ...]) -> tuple[bool, Decimal]:
    """Lines sort by this: lines about completeness only are last, the largest difference first."""
    largest = find_largest(line)
    return _is_about_completeness(largest), -_size(largest)


def find_largest(line: Sequence[FigureDifference]) -> FigureDifference:
    """The figure of a line with the largest difference; figures about completeness come last."""
    return max(line, key=lambda one: (not _is_about_completeness(one), _size(one)))


def _is_about_completeness(figure: FigureDifference) -> bool:
    return (figure.column or "").startswith(_COMPLETENESS)


def _size(figure: FigureDifference) -> Decimal:
    """How far the values lie apart; a missing value counts as 0, and a text as 0."""
    return abs(_number(figure.after) - _number(figure.before))


def _number(value: str | None) -> Decimal:
    try:
        number = Decimal(value or 0)
    except InvalidOperation:
        return Decimal(0)
    return number if number.is_finite() else Decimal(0)

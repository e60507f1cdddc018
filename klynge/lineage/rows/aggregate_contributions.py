"""Decide which rows contribute to an aggregate or a window function.

A row contributes to ``sum(x)`` if ``x`` is not null. A row contributes to ``first_value(x)`` if the
window picks the row. The ``row_number()`` of the first row is 1, and only this row contributes to
it.
"""

from collections.abc import Mapping

from sqlglot import exp

from klynge.lineage.relational.expressions import DIALECT

#: Aggregates that ignore rows whose argument is null.
_IGNORE_NULLS = (
    exp.Sum, exp.Min, exp.Max, exp.Avg, exp.Count, exp.GroupConcat, exp.Median, exp.CountIf,
    exp.LogicalOr, exp.LogicalAnd, exp.Stddev, exp.Variance,
)  # fmt: skip
#: Window functions that number the rows of a partition.
_RANKS = (exp.RowNumber, exp.Rank, exp.DenseRank)
#: Window functions that return the value of a single row.
_VALUE_FUNCTIONS = (exp.FirstValue, exp.LastValue, exp.Lag, exp.Lead, exp.NthValue)


def contributes(aggregates: Mapping[str, exp.Expr]) -> str:
    """Write the SQL condition under which a row contributes to at least one of the aggregates."""
    return " or ".join(map(_contributes_to, aggregates.values())) or "true"


def is_value_function(window: exp.Window) -> bool:
    """Whether a window function returns the value of a single row, as LAG does."""
    return isinstance(window.this, _VALUE_FUNCTIONS)


def picked_row(window: exp.Window) -> exp.Window:
    """Change a window function, so that it returns the number of the row whose value it picks."""
    changed = window.copy()
    changed.this.set("this", exp.column("~", quoted=True))
    changed.this.set("default", None)
    return changed


def is_ranking(window: exp.Window) -> bool:
    """Whether the function numbers rows from 1. Later rows then do not affect the first row."""
    return isinstance(window.this, _RANKS) and not window.args.get("spec")


def _contributes_to(aggregate: exp.Expr) -> str:
    condition, function = None, aggregate
    if isinstance(function, exp.Filter):
        condition = function.expression.this.sql(DIALECT)
        function = function.this
    if isinstance(function, exp.WithinGroup):
        function = function.this
    argument = _argument(function)
    if argument is None:
        return f"({condition})" if condition else "true"
    is_filled = f"({argument.sql(DIALECT)}) is not null"
    return f"({is_filled} and ({condition}))" if condition else is_filled


def _argument(function: exp.Expr) -> exp.Expr | None:
    """Return the argument that must not be null; None if rows with a null contribute as well."""
    argument = function.this
    if isinstance(argument, exp.Distinct):
        argument = argument.expressions[0] if len(argument.expressions) == 1 else None
    if isinstance(argument, exp.Order):
        argument = argument.this
    is_plain = isinstance(argument, exp.Expr) and not isinstance(argument, exp.Star)
    if is_plain and isinstance(function, _IGNORE_NULLS) and not function.expressions:
        return argument if isinstance(argument, exp.Expr) else None
    return None

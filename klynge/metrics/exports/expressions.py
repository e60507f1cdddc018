"""Metrics as aggregate expressions in standard SQL, for tools that group by themselves."""

import re
from collections.abc import Callable

from klynge.metrics.declarations import (
    BASIS,
    COMPLETENESS,
    DIFFERENCE,
    FIGURE,
    PERIOD,
    SO_FAR,
    Catalogue,
    Metric,
)
from klynge.metrics.sql import quote

#: A function that writes a column of a table (``schema.table``) in the syntax of a tool.
Qualify = Callable[[str, str], str]
#: Patterns for a quoted column in a condition and for a column in an expression.
_QUOTED, _COLUMN = re.compile(r'"(\w+)"'), re.compile(r"[a-z]\w*")


def aggregate(catalogue: Catalogue, metric: Metric, qualify: Qualify) -> str:
    """Write a metric as one aggregate expression, which is null if a question would be refused."""
    if not metric.operands:
        guard, value = _parts(catalogue, metric, qualify)
        return f"CASE WHEN {guard} THEN {value} END"
    first, second = (
        aggregate(catalogue, operand, qualify) for operand in catalogue.operands(metric)
    )
    if metric.kind == DIFFERENCE:
        return f"({first}) - ({second})"
    factor = f"{metric.factor}.0 * " if metric.factor != 1 else "1.0 * "
    return f"{factor}({first}) / NULLIF(({second}), 0)"


def _parts(catalogue: Catalogue, metric: Metric, qualify: Qualify) -> tuple[str, str]:
    """Return the guard of a sum or figure, and the expression for its value."""
    table = catalogue.table(metric)

    def of(column: str) -> str:
        return qualify(table.name, column)

    value = of(column_of(metric))
    if metric.condition:
        condition = _QUOTED.sub(lambda found: of(found[1]), metric.condition)
        value = f"CASE WHEN {condition} THEN {value} END"
    counted = {
        name: f"CASE WHEN ({value}) IS NOT NULL THEN {of(dimension.column)} END"
        for name, dimension in table.dimensions.items()
    }
    if metric.kind == FIGURE:
        kept = [
            key for name, key in counted.items() if name not in (*metric.added_over, COMPLETENESS)
        ]
        guard = " AND ".join(f"COUNT(DISTINCT {key}) <= 1" for key in kept)
        return guard, f"SUM({value})"
    period = counted[PERIOD]
    unfinished = f"CASE WHEN RIGHT({period}, {len(SO_FAR)}) = '{SO_FAR}' THEN 1 END"
    guard = (
        f"COUNT(DISTINCT {counted[BASIS]}) <= 1 "
        f"AND (COUNT(DISTINCT {period}) <= 1 OR COUNT({unfinished}) = 0)"
    )
    return guard, f"SUM({value})"


def column_of(metric: Metric) -> str:
    """Return the column that a sum or a figure reads.

    Raises ``ValueError`` if the expression of the metric is not a single column.
    """
    if metric.expression is None or not _COLUMN.fullmatch(metric.expression):
        raise ValueError(f"{metric.name} is no column: {metric.expression}")
    return metric.expression


def qualified(table: str, column: str) -> str:
    """A column with the name of its table, without its schema."""
    return f"{quote(table.rpartition('.')[2])}.{quote(column)}"


def bare(_table: str, column: str) -> str:
    """A column without its table."""
    return quote(column)

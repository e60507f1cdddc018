"""The rows of the table from which a row of an answer was computed, and how to trace them."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from klynge.metrics.declarations import (
    BASIS,
    COMPLETENESS,
    ORGANISATION,
    PERIOD,
    Catalogue,
    Metric,
)
from klynge.metrics.questions import Question
from klynge.metrics.rows import Row
from klynge.metrics.sql import NOT_STATED, quote


@dataclass(frozen=True)
class RowsBehind:
    """Rows of the table behind a figure: those that the figure adds, or the one that holds it.

    ``rows`` are the first of them; each maps the key columns of the table to their values.
    ``values`` are their parts of the figure, and ``count`` is the number of all of them. ``column``
    is the column with the value; it is None if the value is computed from several columns.
    """

    table: str
    column: str | None
    rows: Sequence[Mapping[str, Any]]
    values: Sequence[Any]
    count: int


def trace_pattern(catalogue: Catalogue, metric: Metric) -> str | None:
    """Return the command with a gap for each key; None if the value is not a single column."""
    first = catalogue.operands(metric)[0]
    table = catalogue.table(metric)
    keys = [one.column for name, one in table.dimensions.items() if name != COMPLETENESS]
    return _command(table.name, [f"{key}=…" for key in keys], first.expression)


def trace_command(
    connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, question: Question, row: Row
) -> str | None:
    """Return the command for the first row of the table behind a row of the answer.

    Return None if the value is not a single column. A ratio or a difference is traced through its
    first operand.
    """
    found = find_rows_behind(connection, catalogue, question, row, operand=0, limit=1)
    if not found.rows:
        return None
    keys = [
        shlex.quote(f"{column}={'' if key is None else key}")
        for column, key in found.rows[0].items()
    ]
    return _command(found.table, keys, found.column)


def find_rows_behind(  # noqa: PLR0913 - a row of an answer has no meaning without its question
    connection: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    question: Question,
    row: Row,
    *,
    operand: int,
    limit: int,
) -> RowsBehind:
    """Find the rows from which a row of the answer was computed, at most ``limit`` of them.

    ``operand`` is the number of the operand of a ratio or a difference; another metric has only the
    operand 0.
    """
    metric = catalogue.operands(question.metric)[operand]
    table = catalogue.table(metric)
    periods = row.operand_periods[operand] if row.operand_periods else row.periods
    chosen: dict[str, Sequence[str]] = {
        **question.where,
        BASIS: row.bases,
        **({PERIOD: periods} if periods else {}),
        **{name: (key,) for name, key in zip(question.by, row.keys, strict=True)},
    }
    column = metric.expression
    if metric.whole and ORGANISATION not in chosen:
        column = metric.whole
    for name, one in table.dimensions.items():
        free = name in chosen or name in metric.conditioned or column == metric.whole
        if one.totals and not free:
            chosen[name] = one.totals
    kept = [one.column for name, one in table.dimensions.items() if name != COMPLETENESS]
    conditions = [f"{metric.value} is not null"]
    for name in chosen:
        key = f"coalesce(cast({quote(table.dimensions[name].column)} as varchar), '{NOT_STATED}')"
        conditions.append(f"list_contains($chosen_{name}, {key})")
    found = connection.execute(
        f"select {', '.join(map(quote, kept))}, {column} as value, count(*) over () as count "
        f"from {quote(table.name)} where {' and '.join(conditions)} order by all limit {limit:d}",
        {f"chosen_{name}": list(keys) for name, keys in chosen.items()},
    ).fetchall()
    return RowsBehind(
        table=table.name,
        column=column if column and column.isidentifier() else None,
        rows=[dict(zip(kept, one, strict=False)) for one in found],
        values=[one[-2] for one in found],
        count=found[0][-1] if found else 0,
    )


def _command(table: str, keys: Sequence[str], column: str | None) -> str | None:
    if column is None or not column.isidentifier():
        return None
    return f"klynge trace {table.rsplit('.', maxsplit=1)[-1]} {' '.join(keys)} --column {column}"

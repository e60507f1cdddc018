"""The command that traces a row of an answer to its source rows."""

import shlex
from collections.abc import Sequence

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
    metric = catalogue.operands(question.metric)[0]
    table = catalogue.table(question.metric)
    chosen: dict[str, Sequence[str]] = {
        **question.where,
        BASIS: row.bases,
        **({PERIOD: row.periods} if row.periods else {}),
        **{name: (key,) for name, key in zip(question.by, row.keys, strict=True)},
    }
    column = metric.expression
    if metric.whole and ORGANISATION not in chosen:
        column = metric.whole
    for name, one in table.dimensions.items():
        free = name in chosen or name in metric.conditioned or column == metric.whole
        if one.totals and not free:
            chosen[name] = one.totals
    kept = [one for name, one in table.dimensions.items() if name != COMPLETENESS]
    columns = ", ".join(quote(one.column) for one in kept)
    conditions = [f"{metric.value} is not null"]
    for name in chosen:
        key = f"coalesce(cast({quote(table.dimensions[name].column)} as varchar), '{NOT_STATED}')"
        conditions.append(f"list_contains($chosen_{name}, {key})")
    found = connection.execute(
        f"select {columns} from {quote(table.name)} where {' and '.join(conditions)} "
        "order by all limit 1",
        {f"chosen_{name}": list(keys) for name, keys in chosen.items()},
    ).fetchone()
    if found is None:
        return None
    keys = [
        shlex.quote(f"{one.column}={'' if key is None else key}")
        for one, key in zip(kept, found, strict=True)
    ]
    return _command(table.name, keys, column)


def _command(table: str, keys: Sequence[str], column: str | None) -> str | None:
    if column is None or not column.isidentifier():
        return None
    return f"klynge trace {table.rsplit('.', maxsplit=1)[-1]} {' '.join(keys)} --column {column}"

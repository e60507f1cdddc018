"""Write the answers of metrics into a build, so that the gate can compare them with plain sums."""

from collections.abc import Iterable
from dataclasses import replace

import duckdb

from expectations.suites.star import ALL, METRIC_SUMS, Fact
from klynge.metrics.declarations import SUM, Catalogue, Dimension, FigureTable, Metric
from klynge.metrics.questions import Question
from klynge.metrics.sql import compile_question
from klynge.warehouse.schemas import STAR

#: The number of decimals in :data:`METRIC_SUMS`. No measure has more.
_DECIMALS = 6


def write_metric_sums(
    connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, facts: Iterable[Fact]
) -> None:
    """Write the table :data:`METRIC_SUMS`; its schema must exist.

    It has the answers of each metric that adds up a whole measure: one row for the sum over all
    rows of the fact, and one row per member of each dimension. The sum over no rows is null. A fact
    that the build does not have is left out.
    """
    connection.execute(
        f"create table {METRIC_SUMS} (fact varchar, measure varchar, dimension varchar, "
        f"key varchar, metric varchar, total decimal(38, {_DECIMALS}))"
    )
    built = {
        f"{schema}.{name}"
        for schema, name in connection.execute(
            "select schema_name, table_name from duckdb_tables()"
        ).fetchall()
    }
    for fact in facts:
        if fact.name in built and fact.name in catalogue.tables:
            for metric in _metrics_of(fact, catalogue):
                _write_answers(connection, catalogue, fact, metric)


def _metrics_of(fact: Fact, catalogue: Catalogue) -> list[Metric]:
    """Find the metrics that add up a measure over all rows of a fact."""
    return [
        metric
        for metric in catalogue.metrics.values()
        if metric.kind == SUM
        and metric.table == fact.name
        and metric.condition is None
        and metric.expression in fact.measures
    ]


def _write_answers(
    connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, fact: Fact, metric: Metric
) -> None:
    exact = replace(metric, decimals=_DECIMALS)
    table = _with_dates(catalogue.tables[fact.name], fact)
    known = replace(catalogue, tables={**catalogue.tables, fact.name: table})
    dimensions = {one.column: one.name for one in table.dimensions.values()}
    row = [fact.name, metric.expression]
    insert = f"insert into {METRIC_SUMS} select ?, ?, ?, "
    whole = compile_question(known, Question(exact, (), {})).sql
    connection.execute(
        f"{insert} ?, ?, (select value from ({whole}))", [*row, ALL, ALL, metric.name]
    )
    for column in fact.dimensions:
        if column in dimensions:
            question = Question(exact, (dimensions[column],), {})
            answer = compile_question(known, question).sql
            connection.execute(
                f"{insert} by_0, ?, value from ({answer})", [*row, column, metric.name]
            )


def _with_dates(table: FigureTable, fact: Fact) -> FigureTable:
    """Return the table with its dates as dimensions. Metrics are otherwise asked by period."""
    dates = {
        column: Dimension(column, column, column, column, None, ())
        for column, (referenced, _) in fact.dimensions.items()
        if referenced == f"{STAR}.date"
    }
    return replace(table, dimensions={**table.dimensions, **dates})

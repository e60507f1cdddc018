"""Great Expectations on a DuckDB file: the one place that knows how the two fit together.

Great Expectations has no DuckDB source. Its SQL engine fetches rows after it has given the
connection back, and a DuckDB result dies with its connection; so this one keeps a connection.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Literal

import duckdb
import great_expectations as gx
import sqlalchemy as sa
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.datasource.fluent import SQLDatasource
from great_expectations.datasource.fluent.interfaces import Batch
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.metrics import ColumnAggregateMetricProvider
from great_expectations.expectations.metrics.metric_provider import metric_value

from klynge.errors import InputError, MachineError

# Great Expectations tells of every temporary folder it makes, at a level it sets itself
logging.getLogger("great_expectations.data_context.types.base").setLevel(logging.WARNING)


class OneConnectionEngine(SqlAlchemyExecutionEngine):
    """Great Expectations' SQL engine on one connection, held until the engine is closed."""

    _held: sa.Connection | None = None

    @contextmanager
    def get_connection(self) -> Iterator[sa.Connection]:
        """Lend the held connection; it stays open when the borrower is done."""
        if self._held is None:
            self._held = self.engine.connect()
        yield self._held

    def close(self) -> None:
        """Give up the connection and, with it, the hold on the file."""
        if self._held is not None:
            self._held.close()
        super().close()


class RepeatedValues(ColumnAggregateMetricProvider):
    """How many rows of a column share their value with another row.

    Great Expectations numbers the rows of each value with a window, which takes twice as long and
    keeps every row in memory; grouping keeps a value once. What it lists of failures is its own.
    """

    metric_name = "column_values.unique.unexpected_count"

    @metric_value(engine=OneConnectionEngine)
    def _count(
        cls,  # noqa: N805 (the decorator hands in the class)
        execution_engine: OneConnectionEngine,
        metric_domain_kwargs: dict[str, Any],
        **_: Any,
    ) -> int:
        rows: Any
        rows, __, names = execution_engine.get_compute_domain(
            metric_domain_kwargs, domain_type=MetricDomainTypes.COLUMN
        )
        column: sa.ColumnClause[Any] = sa.column(names["column"])
        repeated = (
            sa.select(sa.func.count().label("times"))
            .select_from(rows)
            .where(column.is_not(None))
            .group_by(column)
            .having(sa.func.count() > 1)
            .subquery()
        )
        total = sa.select(sa.func.coalesce(sa.func.sum(repeated.c.times), 0))
        return int(execution_engine.execute_query(total).scalar_one())


class DuckDBSchema(SQLDatasource):
    """One schema of a DuckDB file as a data source; its name is the schema's."""

    type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment]
    execution_engine_override: ClassVar = OneConnectionEngine

    @property
    def schema_(self) -> str:
        """The schema that the table assets are looked up in."""
        return self.name

    def get_engine(self) -> sa.Engine:
        """Give look-ups the same engine as checks, so that one ``close`` is enough."""
        return self.get_execution_engine().engine


class DuckDBSource:
    """The tables of a DuckDB file as batches that Great Expectations can validate."""

    def __init__(self, database: Path) -> None:
        self._url = sa.URL.create("duckdb", database=str(database))
        self._context = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = ProgressBarsConfig(globally=False)
        self._schemas: dict[str, DuckDBSchema] = {}
        self._batches: dict[str, Batch] = {}

    def batch(self, table: str) -> Batch:
        """Give the whole of ``schema.table`` as one batch; the same batch each time.

        Raises ``TestConnectionError`` (of Great Expectations) if there is no such table.
        """
        if table not in self._batches:
            schema, name = table.split(".")
            asset = self._schema(schema).add_table_asset(table, table_name=name)
            self._batches[table] = asset.add_batch_definition_whole_table(table).get_batch()
        return self._batches[table]

    def close(self) -> None:
        """Let go of the file."""
        for schema in self._schemas.values():
            schema.get_execution_engine().close()

    def _schema(self, name: str) -> DuckDBSchema:
        if name not in self._schemas:
            options: dict[str, Any] = {
                "connect_args": {"read_only": True},
                # without it, a query that fails aborts the transaction that the next one runs in
                "isolation_level": "AUTOCOMMIT",
            }
            self._schemas[name] = self._context.data_sources.add_duckdb(
                name, connection_string=self._url.render_as_string(), kwargs=options
            )
        return self._schemas[name]


@contextmanager
def open_read_only(database: Path) -> Iterator[DuckDBSource]:
    """Open a DuckDB file for checks, and let go of it at the end so that others can write it.

    Raises :class:`InputError` if there is no such file and :class:`MachineError` if DuckDB cannot
    open it, as when another process or connection is writing it.
    """
    if not database.is_file():
        raise InputError(f"{database} does not exist: build it before checking it")
    try:
        duckdb.connect(database, read_only=True).close()
    except duckdb.Error as error:
        raise MachineError(f"{database} cannot be opened for reading: {error}") from None
    source = DuckDBSource(database)
    try:
        yield source
    finally:
        source.close()

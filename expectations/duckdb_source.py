"""Connect Great Expectations to a DuckDB file. No other module knows how they fit together.

Great Expectations has no DuckDB data source. Its SQL engine fetches rows after it has returned the
connection, but a DuckDB result cannot be read after that. The engine here therefore keeps one
connection open.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Literal

import duckdb
import great_expectations as gx
import sqlalchemy as sa
from great_expectations.core.batch_definition import BatchDefinition
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.data_context import store
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.datasource.fluent import SQLDatasource
from great_expectations.datasource.fluent.sql_datasource import TableAsset
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.metrics import ColumnAggregateMetricProvider
from great_expectations.expectations.metrics.metric_provider import metric_value
from pydantic.v1 import PrivateAttr

from klynge.errors import InputError, MachineError


class OneConnectionEngine(SqlAlchemyExecutionEngine):
    """Great Expectations' SQL engine, with one connection that stays open until it is closed."""

    _held: sa.Connection | None = None

    @contextmanager
    def get_connection(self) -> Iterator[sa.Connection]:
        """Give the one connection; it stays open when the ``with`` block ends."""
        if self._held is None:
            self._held = self.engine.connect()
        yield self._held

    def close(self) -> None:
        """Close the connection, so that other processes can write the file."""
        if self._held is not None:
            self._held.close()
        super().close()


class RepeatedValues(ColumnAggregateMetricProvider):
    """The number of rows whose value in a column occurs in another row as well.

    Great Expectations' own metric numbers the rows of each value with a window function, which
    takes twice as long and keeps every row in memory. This metric groups the rows, so that each
    value is in memory only once.
    """

    metric_name = "column_values.unique.unexpected_count"

    @metric_value(engine=OneConnectionEngine)
    def _count(
        cls,  # noqa: N805 (the decorator passes the class)
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


class DuckDBTable(TableAsset):
    """A table that may be missing. If it is, each expectation on the table reports this.

    Great Expectations would test at the declaration that the table exists. Then one missing table
    would stop the checks of all tables.
    """

    def test_connection(self) -> None:
        """Do nothing: each expectation reports a missing table itself."""


class DuckDBSchema(SQLDatasource):
    """A data source for one schema of a DuckDB file. It has the name of the schema."""

    type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment]
    execution_engine_override: ClassVar = OneConnectionEngine
    _TableAsset: Any = PrivateAttr(DuckDBTable)

    @property
    def schema_(self) -> str:
        """The schema in which table assets are looked up."""
        return self.name

    def get_engine(self) -> sa.Engine:
        """Return the engine that the checks use, so that only one engine must be closed."""
        return self.get_execution_engine().engine


class ValidationResultsStore(store.ValidationResultsStore):
    """A store that keeps no validation result, because the results are returned to the caller.

    Storing would slowly turn every decimal of a failing row into a float, and warn about it. The
    class has the name of Great Expectations' own store, so that the configuration does not add that
    store.
    """

    def store_validation_results(self, *_: Any, **__: Any) -> bool:
        """Store nothing."""
        return True


class DuckDBSource:
    """A data context for one DuckDB file, and batch definitions for its tables."""

    def __init__(self, database: Path) -> None:
        self._url = sa.URL.create("duckdb", database=str(database))
        stores = InMemoryStoreBackendDefaults()
        stores.stores[stores.validation_results_store_name]["module_name"] = __name__
        self.context = gx.get_context(
            mode="ephemeral",
            project_config=DataContextConfig(
                store_backend_defaults=stores,
                analytics_enabled=False,
                progress_bars=ProgressBarsConfig(globally=False),
            ),
        )
        self._schemas: dict[str, DuckDBSchema] = {}

    def batch_definition(self, table: str) -> BatchDefinition[Any]:
        """Define a whole table (``schema.table``) as one batch."""
        schema, name = table.split(".")
        asset = self._schema(schema).add_table_asset(table, table_name=name)
        return asset.add_batch_definition_whole_table(table)

    def close(self) -> None:
        """Close the database file."""
        for schema in self._schemas.values():
            schema.get_execution_engine().close()

    def _schema(self, name: str) -> DuckDBSchema:
        if name not in self._schemas:
            options: dict[str, Any] = {
                "connect_args": {"read_only": True},
                # without AUTOCOMMIT, all queries after a failed one would fail, too
                "isolation_level": "AUTOCOMMIT",
            }
            self._schemas[name] = self.context.data_sources.add_duckdb(
                name, connection_string=self._url.render_as_string(), kwargs=options
            )
        return self._schemas[name]


@contextmanager
def open_read_only(database: Path) -> Iterator[DuckDBSource]:
    """Open a DuckDB file for checks, and close it at the end so that others can write it.

    Raises :class:`InputError` if the file does not exist. Raises :class:`MachineError` if DuckDB
    cannot open it, for example because another process is writing it.
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

"""Run compiled SQL in DuckDB: open a connection, and provide the tables that the SQL reads."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from klynge.lineage.models import DATABASE_NAME, Model, relation_name


@contextmanager
def workspace(database: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a connection in which compiled SQL can be run.

    The connection uses the database file ``database``, or a database in memory if there is none.
    A new database has no tables: create them with SQL, :func:`attach_views` or :func:`run_models`.
    """
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        # a progress bar would be printed into the command's output
        connection.execute("set enable_progress_bar = false")
        connection.execute(f"attach {string_literal(database or ':memory:')} as {DATABASE_NAME}")
        connection.execute(f"use {DATABASE_NAME}")
        yield connection


def attach_views(
    connection: duckdb.DuckDBPyConnection, database: Path, tables: Iterable[str]
) -> None:
    """Create a view in a workspace for each of ``tables`` in a release's database.

    A view has the name of its table. The file is attached read-only as ``borrowed``; no row is
    copied.
    """
    connection.execute(f"attach {string_literal(database)} as borrowed (read_only)")
    for name in tables:
        schema, _, table = name.partition(".")
        connection.execute(f'create schema if not exists "{DATABASE_NAME}"."{schema}"')
        connection.execute(
            f'create view {relation_name(name)} as from borrowed."{schema}"."{table}"'
        )


def run_models(connection: duckdb.DuckDBPyConnection, models: Iterable[Model]) -> None:
    """Create the models one by one, as a dbt build does.

    A model becomes a view or a table; the contract of a model gives the column types of its table.
    The tables that the models read (:meth:`CompiledModels.external_inputs`) must exist already, in
    a database called ``klyngedata`` (see :func:`workspace`). Raises :class:`duckdb.Error` if the
    SQL fails.
    """
    models = list(models)
    for schema in sorted({model.schema for model in models}):
        connection.execute(f'create schema if not exists "{DATABASE_NAME}"."{schema}"')
    for model in models:
        _create(connection, model)


def _create(connection: duckdb.DuckDBPyConnection, model: Model) -> None:
    if model.materialized == "view":
        connection.execute(f"create view {model.relation} as ({model.sql}\n)")
    elif model.contract:
        columns = ", ".join(f'"{name}" {kind}' for name, kind in model.contract.items())
        names = ", ".join(f'"{name}"' for name in model.contract)
        connection.execute(f"create table {model.relation} ({columns})")
        connection.execute(
            f"insert into {model.relation} ({names}) select {names} from ({model.sql}\n)"
        )
    else:
        connection.execute(f"create table {model.relation} as ({model.sql}\n)")


def string_literal(text: str | Path) -> str:
    """A text or a path as an SQL string literal, for statements that take no parameters."""
    return "'" + str(text).replace("'", "''") + "'"

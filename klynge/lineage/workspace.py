"""Compiled SQL run in DuckDB: a connection to run it in, and the tables that it reads."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from klynge.lineage.models import DATABASE_NAME, Model, relation_name


@contextmanager
def workspace(database: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a connection in which compiled SQL can be run.

    The database is in memory, or ``database``, a file of any name. It starts without tables: make
    them with SQL, with :func:`attach_views` or with :func:`run_models`.
    """
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        # a progress bar would be printed between the lines of an answer
        connection.execute("set enable_progress_bar = false")
        connection.execute(f"attach {string_literal(database or ':memory:')} as {DATABASE_NAME}")
        connection.execute(f"use {DATABASE_NAME}")
        yield connection


def attach_views(
    connection: duckdb.DuckDBPyConnection, database: Path, tables: Iterable[str]
) -> None:
    """Show ``tables`` of a release's database file as views of the same names in a workspace.

    The file is attached read-only as ``borrowed``; no row is copied.
    """
    connection.execute(f"attach {string_literal(database)} as borrowed (read_only)")
    for name in tables:
        schema, _, table = name.partition(".")
        connection.execute(f'create schema if not exists "{DATABASE_NAME}"."{schema}"')
        connection.execute(
            f'create view {relation_name(name)} as from borrowed."{schema}"."{table}"'
        )


def run_models(connection: duckdb.DuckDBPyConnection, models: Iterable[Model]) -> None:
    """Create each model in turn as its build did: a view, or a table typed by its contract.

    The tables that they read must exist (:meth:`CompiledModels.external_inputs`), in a database
    called ``klyngedata`` (:func:`workspace`). Raises :class:`duckdb.Error` where the SQL fails.
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
    """A text or a path as an SQL string, for statements that take no parameters."""
    return "'" + str(text).replace("'", "''") + "'"

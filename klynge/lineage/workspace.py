"""Run compiled SQL in DuckDB: open a connection, and provide the tables that the SQL reads."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from klynge.lineage.models import DATABASE_NAME, Model, relation_name


@contextmanager
def workspace(database: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a connection in which compiled SQL can be run.

    The connection uses the database file ``database``. If ``database`` is None, it uses a database
    in memory. A new database has no tables. Create them with SQL, :func:`attach_views` or
    :func:`run_models`.
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

    A view has the name of its table. The file is attached read-only as ``borrowed``. No row is
    copied.
    """
    connection.execute(f"attach {string_literal(database)} as borrowed (read_only)")
    for name in tables:
        schema, _, table = name.partition(".")
        connection.execute(f'create schema if not exists "{DATABASE_NAME}"."{schema}"')
        connection.execute(
            f'create view {relation_name(name)} as from borrowed."{schema}"."{table}"'
        )


def run_models(
    connection: duckdb.DuckDBPyConnection, models: Iterable[Model], *, with_keys: bool = False
) -> None:
    """Create the models one by one, as a dbt build does.

    A model becomes a view or a table. The contract of a model gives the column types of its table.
    With ``with_keys``, tables get their foreign keys. The tables at both ends of a foreign key also
    get a primary key. The tables that the models read (:meth:`CompiledModels.external_inputs`) must
    exist already, in a database called ``klyngedata`` (see :func:`workspace`). Raises
    :class:`duckdb.Error` if the SQL fails.
    """
    models = list(models)
    for schema in sorted({model.schema for model in models}):
        connection.execute(f'create schema if not exists "{DATABASE_NAME}"."{schema}"')
    keyed: set[str] = set()
    if with_keys:
        keyed = {model.name for model in models if model.references}
        keyed |= {table for model in models for table, _ in model.references.values()}
    for model in models:
        _create(connection, model, _keys(model) if model.name in keyed else [])


def _keys(model: Model) -> list[str]:
    """Write the clauses of ``create table`` for a model's primary key and foreign keys."""
    primary = ", ".join(f'"{name}"' for name in model.grain)
    foreign = [
        f'foreign key ("{column}") references {_quoted(table)} ("{key}")'
        for column, (table, key) in model.references.items()
    ]
    return [f"primary key ({primary})", *foreign]


def _quoted(table: str) -> str:
    return ".".join(f'"{part}"' for part in table.split("."))


def _create(connection: duckdb.DuckDBPyConnection, model: Model, keys: list[str]) -> None:
    if model.materialized == "view":
        connection.execute(f"create view {model.relation} as ({model.sql}\n)")
    elif model.contract:
        declared = [f'"{name}" {kind}' for name, kind in model.contract.items()]
        columns = ", ".join([*declared, *keys])
        names = ", ".join(f'"{name}"' for name in model.contract)
        connection.execute(f"create table {model.relation} ({columns})")
        connection.execute(
            f"insert into {model.relation} ({names}) select {names} from ({model.sql}\n)"
        )
    else:
        connection.execute(f"create table {model.relation} as ({model.sql}\n)")


def string_literal(text: str | Path) -> str:
    """Write a text or a path as an SQL string literal, for statements that take no parameters."""
    return "'" + str(text).replace("'", "''") + "'"

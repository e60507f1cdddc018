"""The two editions of a release that holds submitted data.

The restricted edition is the whole build, and only its owner can read it. The analysts' edition is
a copy without rows about participants, members, companies or assessors. A release that holds only
printed figures has a single edition.
"""

from collections.abc import Collection
from pathlib import Path

import duckdb

from klynge import checkout
from klynge.errors import GateRefusedError
from klynge.intake.contracts import read_contracts
from klynge.lineage.workspace import string_literal
from klynge.messages import message


def write_analyst_edition(whole: Path, target: Path, restricted: Collection[str]) -> None:
    """Copy every table and view of ``whole`` with its comments.

    ``restricted`` are the tables (``schema.table``) that are left out.

    The target is a new database, because dropping tables from a copy would leave their rows in the
    file. Raises :class:`GateRefusedError` if a column of the copy holds a personal identifier.
    """
    with duckdb.connect() as connection:
        connection.execute(f"attach {string_literal(whole)} as whole (read_only)")
        connection.execute(f"attach {string_literal(target)} as klyngedata")
        connection.execute("use klyngedata")
        tables = _unrestricted(connection, "duckdb_tables()", "table_name", restricted)
        for schema, name in _create_in_order(connection, tables):
            connection.execute(
                f'insert into klyngedata."{schema}"."{name}" from whole."{schema}"."{name}"'
            )
        views = _unrestricted(connection, "duckdb_views()", "view_name", restricted)
        _create_in_order(connection, views)
        _copy_comments(connection, restricted)
        _refuse_identifiers(connection)


def _unrestricted(
    connection: duckdb.DuckDBPyConnection, catalogue: str, name: str, restricted: Collection[str]
) -> list[tuple[str, str, str]]:
    objects = connection.execute(
        f"select schema_name, {name}, sql from {catalogue} "
        "where database_name = 'whole' and not internal order by all"
    ).fetchall()
    return [row for row in objects if f"{row[0]}.{row[1]}" not in restricted]


def _create_in_order(
    connection: duckdb.DuckDBPyConnection, objects: list[tuple[str, str, str]]
) -> list[tuple[str, str]]:
    """Create tables or views in an order in which each can be created.

    A table or view is created after the tables that it reads or that its foreign keys name. Returns
    the schema and name of each table or view, in the order of creation.
    """
    created: list[tuple[str, str]] = []
    while objects:
        waiting = []
        for schema, name, ddl in objects:
            connection.execute(f'create schema if not exists "{schema}"')
            try:
                connection.execute(ddl)
            except duckdb.CatalogException:
                waiting.append((schema, name, ddl))
            else:
                created.append((schema, name))
        if len(waiting) == len(objects):
            raise GateRefusedError(
                message(
                    "{names} read tables of the restricted edition: mark them `edition: "
                    "restricted` in the meta of their yml, or remove the reference",
                    names=[f"{schema}.{name}" for schema, name, _ in waiting],
                )
            )
        objects = waiting
    return created


def _copy_comments(connection: duckdb.DuckDBPyConnection, restricted: Collection[str]) -> None:
    """Copy the comments of tables, views and columns, which are not part of their SQL."""
    found = connection.execute(
        "select schema_name, table_name, null, 'table', comment from duckdb_tables() "
        "where database_name = 'whole' and comment is not null "
        "union all select schema_name, view_name, null, 'view', comment from duckdb_views() "
        "where database_name = 'whole' and comment is not null "
        "union all select schema_name, table_name, column_name, 'column', comment "
        "from duckdb_columns() where database_name = 'whole' and comment is not null"
    ).fetchall()
    connection.execute("begin")
    for schema, table, column, kind, comment in found:
        if f"{schema}.{table}" not in restricted:
            place = f'klyngedata."{schema}"."{table}"' + (f'."{column}"' if column else "")
            connection.execute(f"comment on {kind} {place} is {string_literal(comment)}")
    connection.execute("commit")


def _refuse_identifiers(connection: duckdb.DuckDBPyConnection) -> None:
    personal = sorted(
        {
            column.name
            for contract in read_contracts(checkout.CONTRACTS).values()
            for column in contract.columns
            if column.personal
        }
    )
    shown = connection.execute(
        "select schema_name || '.' || table_name || '.' || column_name from duckdb_columns() "
        "where database_name = 'klyngedata' and list_contains($personal, column_name) order by all",
        {"personal": personal},
    ).fetchall()
    if shown:
        raise GateRefusedError(
            message(
                "the analysts' edition would show personal identifiers: {columns}; mark their "
                "tables `edition: restricted`",
                columns=[name for (name,) in shown],
            )
        )

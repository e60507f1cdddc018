"""Export all tables of a release into a PostgreSQL database, in one transaction.

The rows of a table are deleted and written again. No reader waits: until the commit, each query
sees the rows of the former release. After the commit, it sees the rows of the new release. Only a
table whose columns or keys have changed is dropped and created again.

The schema ``klyngedata`` records the release in the database and the tables that the export wrote.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from klynge.errors import InputError, MachineError
from klynge.exports.answers import public_tables
from klynge.exports.postgres_tables import PostgresTable, describe_tables, quoted
from klynge.messages import message

if TYPE_CHECKING:
    import psycopg

    from klynge.releases.reading import Release

#: The tables that record the release and the exported tables.
_RECORDS = """
create schema if not exists klyngedata;
create table if not exists klyngedata.release (
    release_id text primary key, created_at timestamptz not null, exported_at timestamptz not null,
    contains_sample boolean not null
);
create table if not exists klyngedata.exported_table (
    name text primary key, definition text not null
);
"""
#: Two exports into one database wait for each other.
_LOCK = "select pg_advisory_xact_lock(hashtext('klyngedata export'))"
#: The time to wait for a lock. It is shorter than PostgreSQL's deadlock timeout, after which
#: PostgreSQL could end a reader.
_LOCK_TIMEOUT = "set local lock_timeout = '700ms'"
_TRIES, _PAUSE_SECONDS = 20, 0.5


def export_to_postgres(release: Release, url: str) -> int:
    """Write the tables that analysts may read; return their number.

    ``url`` is the address of a database in the format of libpq. Raises :class:`InputError` if the
    address cannot be read, or if a table of the same name exists that no export wrote. Raises
    :class:`MachineError` if the server does not answer or refuses. After an error while the tables
    are written, nothing has changed.
    """
    driver = _import_driver()
    tables = describe_tables(release, public_tables(release))
    try:
        connection = driver.connect(
            url, autocommit=True, connect_timeout=10, application_name="klynge export"
        )
    except driver.ProgrammingError as error:
        raise InputError(
            message("--url cannot be read: {reason}", reason=_first_line(error))
        ) from None
    except driver.OperationalError as error:
        raise MachineError(
            message("the PostgreSQL server does not answer: {reason}", reason=_first_line(error))
        ) from None
    try:
        with connection:
            _write_with_patience(driver, connection, release, tables)
            for table in tables:
                # free the space of the deleted rows for the next release; no reader waits for this
                connection.execute(f"vacuum (analyze, truncate false) {table.relation}")
    except driver.Error as error:
        raise MachineError(
            message("the PostgreSQL server refused: {reason}", reason=_first_line(error))
        ) from error
    return len(tables)


def _import_driver() -> Any:
    try:
        # the package is an extra, and only this command needs it
        import psycopg  # noqa: PLC0415
    except ModuleNotFoundError:
        raise InputError(
            message(
                "this needs the package {package}: pip install 'klyngedata[export]'",
                package="psycopg",
            )
        ) from None
    return psycopg


def _write_with_patience(
    driver: Any, connection: psycopg.Connection, release: Release, tables: list[PostgresTable]
) -> None:
    """Write all tables in one transaction. Try again if readers use a table to be replaced."""
    for attempt in range(1, _TRIES + 1):
        try:
            with connection.transaction():
                _write(connection, release, tables)
        except (driver.errors.LockNotAvailable, driver.errors.DeadlockDetected):
            if attempt == _TRIES:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def _write(connection: psycopg.Connection, release: Release, tables: list[PostgresTable]) -> None:
    connection.execute(_LOCK)
    connection.execute(_RECORDS)
    recorded: dict[str, str] = dict(
        connection.execute("select name, definition from klyngedata.exported_table").fetchall()
    )
    kept = {t.name for t in tables if recorded.get(t.name) == _whole_definition(t)}
    _replace_tables(connection, recorded, [t for t in tables if t.name not in kept], tables)
    for table in tables:
        _fill(connection, release, table)
        _comment(connection, table)
    connection.execute("delete from klyngedata.exported_table")
    for table in tables:
        connection.execute(
            "insert into klyngedata.exported_table values (%s, %s)",
            (table.name, _whole_definition(table)),
        )
    connection.execute("delete from klyngedata.release")
    connection.execute(
        "insert into klyngedata.release values (%s, %s, now(), %s)",
        (
            release.release_id,
            release.manifest["created_at"],
            release.manifest["basis"]["contains_sample"],
        ),
    )


def _whole_definition(table: PostgresTable) -> str:
    return ";\n".join([table.definition, *table.foreign_key_statements()])


def _replace_tables(
    connection: psycopg.Connection,
    recorded: dict[str, str],
    changed: list[PostgresTable],
    tables: list[PostgresTable],
) -> None:
    """Drop tables that changed or are gone, and create tables that changed or are new."""
    names = {table.name for table in tables}
    dropped = [t.name for t in changed if t.name in recorded] + sorted(set(recorded) - names)
    relations = [".".join(map(quoted, name.split("."))) for name in dropped]
    if relations:
        # take all locks first: a reader then waits either until the export ends or not at all
        connection.execute(_LOCK_TIMEOUT)
        connection.execute(f"lock table {', '.join(relations)} in access exclusive mode")
        # CASCADE also drops the foreign keys of other tables; they are declared again below
        connection.execute(f"drop table {', '.join(relations)} cascade")
    for table in changed:
        connection.execute(f"create schema if not exists {quoted(table.schema)}")
        if connection.execute("select to_regclass(%s)", (table.relation,)).fetchone() != (None,):
            raise InputError(
                message(
                    "the database has a table {table} that this command did not write: rename it, "
                    "or give another database",
                    table=table.name,
                )
            )
        connection.execute(table.definition)
    if changed or dropped:
        for table in tables:
            _declare_foreign_keys(connection, table)


def _declare_foreign_keys(connection: psycopg.Connection, table: PostgresTable) -> None:
    present = connection.execute(
        "select conname from pg_constraint where conrelid = to_regclass(%s) and contype = 'f'",
        (table.relation,),
    ).fetchall()
    for (name,) in present:
        connection.execute(f"alter table {table.relation} drop constraint {quoted(name)}")
    for statement in table.foreign_key_statements():
        connection.execute(statement)


def _fill(connection: psycopg.Connection, release: Release, table: PostgresTable) -> None:
    names = ", ".join(map(quoted, table.columns))
    rows = release.arrow(f"select {names} from {table.relation}")
    connection.execute(f"delete from {table.relation}")
    with (
        connection.cursor() as cursor,
        cursor.copy(f"copy {table.relation} ({names}) from stdin") as copy,
    ):
        for batch in rows.to_batches(max_chunksize=10_000):
            columns = [column.to_pylist() for column in batch.columns]
            for row in zip(*columns, strict=True):
                copy.write_row(row)


def _comment(connection: psycopg.Connection, table: PostgresTable) -> None:
    connection.execute(f"comment on table {table.relation} is {_text(table.comment)}")
    for column, comment in table.comments.items():
        place = f"{table.relation}.{quoted(column)}"
        connection.execute(f"comment on column {place} is {_text(comment)}")


def _text(text: str) -> str:
    """Write a text as an SQL string, because COMMENT takes no parameters."""
    escaped = text.replace("'", "''")
    return f"'{escaped}'" if escaped else "null"


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__

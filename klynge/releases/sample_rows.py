"""The notes on sample data, which are invented: on a query, on a metric, and on a release."""

from collections.abc import Iterable

import duckdb
import pyarrow as pa

from klynge.messages import Message, counted, message
from klynge.releases.bases import COLUMNS, SAMPLE, basis_column
from klynge.releases.queries import literal, named_tables, relation
from klynge.releases.reading import DATABASE, Release


def describe_sample_answer(bases: Iterable[str]) -> Message | None:
    """A note on an answer with rows of these bases; None if none of them is the sample."""
    if SAMPLE not in bases:
        return None
    return message("note: the answer is computed from sample data, which are invented")


def describe_sample_release(release: Release) -> Message | None:
    """A note on a release as a whole; None if it has no sample rows."""
    if not release.manifest["basis"]["contains_sample"]:
        return None
    return message(
        "note: release {release_id} contains sample data, which are invented; the column basis "
        "says which rows",
        release_id=release.release_id,
    )


def describe_sample_rows(
    release: Release, sql: str, answer: pa.Table, *, restricted: bool = False
) -> Message | None:
    """Return a note if an answer shows or is computed from sample rows, otherwise None.

    If the answer shows the basis, its sample rows are counted. Otherwise the query is run again
    without the sample rows of its tables. If the answer then differs, it is computed from sample
    rows. A query that names the database cannot be run again in this way, so it always gets the
    note.
    """
    if not answer.num_rows or not release.manifest["basis"]["contains_sample"]:
        return None
    if column := basis_column(answer.column_names):
        rows = answer[column].to_pylist().count(SAMPLE)
        return _count(rows) if rows else None
    tables = _sample_tables(release, sql, restricted=restricted)
    if not tables:
        return None
    names_database = "klyngedata." in sql.lower().replace('"', "")
    if not names_database and answer.equals(_run_without_sample(release, sql, tables, restricted)):
        return None
    return message(
        "note: these figures are computed from sample data, which are invented: {tables}; "
        "the column basis says which rows",
        tables=[name for name, _ in tables],
    )


def _count(rows: int) -> Message:
    return counted(
        "note: {count:,} row is sample data, which are invented; the column basis says which",
        "note: {count:,} rows are sample data, which are invented; the column basis says which",
        rows,
    )


def _sample_tables(release: Release, sql: str, *, restricted: bool) -> list[tuple[str, str]]:
    """Find the tables of a query that have sample rows: (``schema.table``, column of the basis)."""
    named = {name.lower() for name in named_tables(sql)}
    names = ", ".join(f"'{name}'" for name in COLUMNS)
    found = release.arrow(
        "select table_schema || '.' || table_name as name, table_name, column_name "
        f"from information_schema.columns where column_name in ({names}) order by name",
        restricted=restricted,
    ).to_pylist()
    tables = [(t["name"], t["column_name"]) for t in found if t["table_name"].lower() in named]
    return [
        (name, column)
        for name, column in tables
        if release.arrow(
            f"select 1 as one from {relation(name)} where {column} = '{SAMPLE}' limit 1",
            restricted=restricted,
        ).num_rows
    ]


def _run_without_sample(
    release: Release, sql: str, tables: list[tuple[str, str]], restricted: bool
) -> pa.Table | None:
    """Run a query as if its tables had no sample rows; None if the query then fails."""
    database = release.whole_database if restricted else release.path / DATABASE
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach {literal(database)} as klyngedata (read_only)")
        connection.execute("attach ':memory:' as without_sample")
        for name in _relations(connection, named_tables(sql)):
            schema, _, _ = name.partition(".")
            condition = f"where {dict(tables)[name]} <> '{SAMPLE}'" if name in dict(tables) else ""
            connection.execute(f'create schema if not exists without_sample."{schema}"')
            connection.execute(
                f"create view without_sample.{relation(name)} as "
                f"from klyngedata.{relation(name)} {condition}"
            )
        connection.execute("use without_sample")
        try:
            return connection.sql(sql).to_arrow_table()
        except duckdb.Error:
            return None


def _relations(connection: duckdb.DuckDBPyConnection, named: set[str]) -> list[str]:
    """Find the tables and views (``schema.table``) of a release that have one of these names."""
    found = connection.execute(
        "select table_schema || '.' || table_name, table_name from information_schema.tables "
        "where table_catalog = 'klyngedata' order by 1"
    ).fetchall()
    lowered = {name.lower() for name in named}
    return [name for name, table in found if table.lower() in lowered]

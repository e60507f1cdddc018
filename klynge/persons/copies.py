"""Find copies of a pseudonym outside the raw zone, and put a mark in their place.

Copies can be in releases, in the last build and in Dagster's storage.
"""

import os
import sqlite3
from collections.abc import Collection, Iterator
from pathlib import Path

import duckdb

from klynge.home import UNFINISHED, Home, machine_errors
from klynge.lineage.relational.expressions import quote_identifier
from klynge.lineage.workspace import string_literal
from klynge.redaction import ERASED
from klynge.releases.publishing import writable
from klynge.releases.reading import Release


def find_in_database(database: Path, texts: Collection[str]) -> dict[str, int]:
    """Count for each ``schema.table`` the rows with one of ``texts`` in a column of text."""
    found = {}
    with duckdb.connect(str(database), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name, list(column_name) from duckdb_columns() "
            "join duckdb_tables() using (database_name, schema_name, table_name) "
            "where database_name = current_database() and data_type = 'VARCHAR' group by all "
            "order by all"
        ).fetchall()
        for schema, table, columns in tables:
            whole = f"concat_ws('|', {', '.join(map(quote_identifier, columns))})"
            condition = " or ".join(f"contains({whole}, {string_literal(t)})" for t in texts)
            [(rows,)] = connection.execute(
                f'select count(*) from "{schema}"."{table}" where {condition}'
            ).fetchall()
            if rows:
                found[f"{schema}.{table}"] = int(rows)
    return found


def find_in_files(release: Release, texts: Collection[str]) -> Iterator[Path]:
    """Find the files of a release that contain one of ``texts``. The database is not searched."""
    for path in sorted(release.path.rglob("*")):
        if path.suffix in (".json", ".html") and path.is_file():
            content = path.read_text(encoding="utf-8").replace("<wbr>", "")
            if any(text in content for text in texts):
                yield path
        elif path.suffix == ".parquet" and _rows_in_parquet(path, texts):
            yield path


def redact_file(path: Path, texts: Collection[str]) -> None:
    """Put a mark in place of ``texts`` in a file of a release. The file stays read-only."""
    mode = path.stat().st_mode
    draft = path.with_name(f"{UNFINISHED}{path.name}")
    with machine_errors(str(path)), writable(path.parent):
        if path.suffix == ".parquet":
            _rewrite_parquet(path, draft, texts)
        else:
            content = path.read_text(encoding="utf-8").replace("<wbr>", "")
            for text in texts:
                content = content.replace(text, ERASED)
            draft.write_text(content, encoding="utf-8")
        draft.chmod(mode)
        draft.replace(path)


def _rows_in_parquet(path: Path, texts: Collection[str]) -> int:
    with duckdb.connect() as connection:
        columns = _text_columns(connection, path)
        if not columns:
            return 0
        whole = f"concat_ws('|', {', '.join(map(quote_identifier, columns))})"
        condition = " or ".join(f"contains({whole}, {string_literal(text)})" for text in texts)
        [(rows,)] = connection.execute(
            f"select count(*) from read_parquet({string_literal(path)}) where {condition}"
        ).fetchall()
    return int(rows)


def _rewrite_parquet(path: Path, draft: Path, texts: Collection[str]) -> None:
    with duckdb.connect() as connection:
        replaced = []
        for column in _text_columns(connection, path):
            name = value = quote_identifier(column)
            for text in texts:
                value = f"replace({value}, {string_literal(text)}, {string_literal(ERASED)})"
            replaced.append(f"{value} as {name}")
        connection.execute(
            f"copy (select * replace ({', '.join(replaced)}) from "
            f"read_parquet({string_literal(path)})) to {string_literal(draft)} (format parquet)"
        )


def _text_columns(connection: duckdb.DuckDBPyConnection, path: Path) -> list[str]:
    described = connection.execute(f"describe from read_parquet({string_literal(path)})").fetchall()
    return [name for name, kind, *_ in described if kind == "VARCHAR"]


def dagster_databases(home: Home) -> list[Path]:
    """Return the SQLite files of Dagster's storage, in the home and in ``$DAGSTER_HOME``."""
    places = {home.root / "dagster"}
    if os.environ.get("DAGSTER_HOME"):
        places.add(Path(os.environ["DAGSTER_HOME"]))
    return sorted({path for place in places for path in place.rglob("*.db")})


def find_in_sqlite(database: Path, texts: Collection[str]) -> int:
    """Count the values of an SQLite file that contain one of ``texts``."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        return sum(
            connection.execute(
                f"select count(*) from {table} where instr(cast({column} as text), ?)", (text,)
            ).fetchone()[0]
            for table, column in _sqlite_columns(connection)
            for text in texts
        )


def redact_sqlite(database: Path, texts: Collection[str]) -> None:
    """Put a mark in place of ``texts`` in every value of an SQLite file."""
    with sqlite3.connect(database) as connection:
        for table, column in _sqlite_columns(connection):
            for text in texts:
                connection.execute(
                    f"update {table} set {column} = replace({column}, ?, ?) "
                    f"where instr(cast({column} as text), ?)",
                    (text, ERASED, text),
                )
    with sqlite3.connect(database) as connection:
        # the old value stays in the file until its page is written again
        connection.execute("vacuum")


def _sqlite_columns(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    tables = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
    return [
        (f'"{table}"', f'"{column[1]}"')
        for (table,) in tables
        for column in connection.execute(f'pragma table_info("{table}")').fetchall()
    ]

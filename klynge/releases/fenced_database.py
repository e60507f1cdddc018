"""A database of a release that can be read, and nothing else on this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

#: The name under which the database is attached. The views of a release contain it.
_NAME = "klyngedata"


@contextmanager
def fenced_database(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database for reading while the context is open.

    A query can neither write to the database nor read or write any other file, and it cannot change
    these settings. The path is resolved, so that the connection keeps to one release.
    """
    path = str(database.resolve()).replace("'", "''")
    with duckdb.connect() as connection:
        connection.execute("set global TimeZone = 'UTC'")
        connection.execute(f"attach '{path}' as {_NAME} (read_only)")
        connection.execute(f"use {_NAME}")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        yield connection

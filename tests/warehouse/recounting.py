"""Recounts: the rows of marts and of the star's facts, counted from core facts in separate SQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

RECOUNTS = Path(__file__).parent / "recounts"
#: The file with the views and macros that several recounts use.
SHARED = "shared"


def recounts() -> list[str]:
    """Return the names of all recounts: marts without ``mart_``, and facts."""
    return sorted(path.stem for path in RECOUNTS.glob("*.sql") if path.stem != SHARED)


def read_recount(name: str) -> tuple[str, str]:
    """Return the SQL of a recount and the SQL of the mart's rows.

    The second text is empty if all rows are recounted.
    """
    text = (RECOUNTS / f"{name}.sql").read_text(encoding="utf-8")
    recount, _, of_mart = text.partition("-- the mart's rows\n")
    return recount, of_mart


@contextmanager
def open_for_recounts(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a whole release; the connection has the shared views and macros."""
    with duckdb.connect(database, read_only=True) as connection:
        connection.execute((RECOUNTS / f"{SHARED}.sql").read_text(encoding="utf-8"))
        yield connection

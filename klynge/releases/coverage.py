"""Which figures a release has, and why an answer is empty, from ``audit.mart_coverage``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import duckdb

from klynge.messages import Message, joined, message
from klynge.words import COVERAGE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager


class Database(Protocol):
    """The part of a :class:`~klynge.releases.reading.Release` that this module needs."""

    def connect(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """Open the database for reading."""


@dataclass(frozen=True)
class Coverage:
    """A row of ``mart_coverage``: which figures a subject has for a period and basis."""

    subject_id: str
    table_name: str
    period_id: str
    basis: str
    status: str
    mart_rows: int

    @property
    def kind(self) -> str:
        """The status; ``sample`` if the rows are invented."""
        return "sample" if self.basis == "sample" else self.status


def why_empty(release: Database, tables: Iterable[str]) -> Message | None:
    """Explain an answer without rows: which figures of ``tables`` exist or are missing.

    The schema of a table may be omitted. Returns None if the release says nothing about the tables.
    """
    names = {name.rpartition(".")[2] for name in tables}
    found = [row for row in read_coverage(release) if row.table_name in names]
    described = [
        _describe_table(name, [row for row in found if row.table_name == name])
        for name in sorted({row.table_name for row in found})
    ]
    if not described:
        return None
    return message("no rows: {tables}; see audit.mart_coverage", tables=joined(described))


def describe_coverage(release: Database) -> Message | None:
    """Return a line about all subjects of a release, or None for a release of an older version."""
    found = read_coverage(release)
    if not found:
        return None
    subjects = {
        kind: len({row.subject_id for row in found if row.kind == kind}) for kind in COVERAGE
    }
    counts = [
        message("{count} {kind}", kind=words, count=subjects[kind])
        for kind, words in COVERAGE.items()
        if subjects[kind]
    ]
    said = message(
        "{subjects} subjects, of which {counts}; a subject can count twice "
        "(audit.mart_coverage lists them)",
        subjects=len({row.subject_id for row in found}),
        counts=counts,
    )
    tables = {row.table_name for row in found}
    if empty := sorted(tables - {row.table_name for row in found if row.mart_rows}):
        return joined([said, message("nobody has reported yet for {tables}", tables=empty)])
    return said


def read_coverage(release: Database) -> list[Coverage]:
    """The rows of ``audit.mart_coverage`` in order.

    The list is empty for a release of an older version and for a database that cannot be read.
    """
    try:
        with release.connect() as connection:
            rows = connection.execute(
                "select subject_id, table_name, period_id, basis, status, mart_rows "
                "from audit.mart_coverage order by all"
            ).fetchall()
    except duckdb.Error:
        return []
    return [Coverage(*row) for row in rows]


def _describe_table(name: str, rows: list[Coverage]) -> Message:
    """The periods of one table by their status."""
    parts = []
    for kind, words in COVERAGE.items():
        if periods := sorted({row.period_id for row in rows if row.kind == kind}):
            parts.append(message("{kind} ({periods})", kind=words, periods=periods))
    if any(row.mart_rows for row in rows):
        return message("this release has of {table}: {parts}", table=name, parts=joined(parts))
    return message(
        "in this release nobody has reported {table}: {parts}", table=name, parts=joined(parts)
    )

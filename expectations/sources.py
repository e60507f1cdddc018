"""Add the source of each failing row: document, line and printed text."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import duckdb

from klynge.quality import CheckResult

#: Columns of a failing row that can name a printed figure. The most specific column is first.
_NAMES_A_FIGURE = ("figure_id", "source_row_key")

#: A failed build may lack these tables.
_IS_BUILT = """
    select 1 from information_schema.tables
    where table_schema = 'core' and table_name = 'fct_published_figures'
"""
_SOURCES = """
    select f.figure_id, d.file_name || ' line ' || f.line_number || ': ' || f.printed_text
    from core.fct_published_figures f join core.dim_document d using (document_id)
    where f.figure_id in (select unnest($figures))
"""


Row = dict[str, str]


def with_sources(results: Iterable[CheckResult], database: Path) -> list[CheckResult]:
    """Add ``source`` to every failing row that names a printed figure of ``database``."""
    return [
        replace(result, failing_rows=add_sources(result.failing_rows, database))
        if result.failing_rows
        else result
        for result in results
    ]


def add_sources(rows: list[Row], database: Path) -> list[Row]:
    """Add ``source`` to the rows that name a printed figure or a line of a document."""
    named = sorted({_figure(row) for row in rows} - {""})
    if not named:
        return rows
    with duckdb.connect(str(database), read_only=True) as connection:
        known = connection.execute(_IS_BUILT).fetchall()
        found = dict(connection.execute(_SOURCES, {"figures": named}).fetchall()) if known else {}
    return [
        {**row, "source": found[_figure(row)]} if _figure(row) in found else row for row in rows
    ]


def _figure(row: Row) -> str:
    return next((row[name] for name in _NAMES_A_FIGURE if name in row), "")

"""Where failing rows came from: document, line and printed text beside each of them."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import duckdb

from expectations.result import CheckResult

#: Columns of a failing row that may name a printed figure, the most telling one first.
_NAMES_A_FIGURE = ("figure_id", "source_row_key")

_SOURCES = """
    select f.figure_id, d.file_name || ' line ' || f.line_number || ': ' || f.printed_text
    from core.fct_published_figures f join core.dim_document d using (document_id)
    where f.figure_id in (select unnest($figures))
"""


def with_sources(results: Iterable[CheckResult], database: Path) -> list[CheckResult]:
    """Add ``source`` to every failing row that names a printed figure of ``database``."""
    results = list(results)
    named = {_figure(row) for result in results for row in result.failing_rows} - {None}
    if not named:
        return results
    with duckdb.connect(str(database), read_only=True) as connection:
        found = dict(connection.execute(_SOURCES, {"figures": sorted(map(str, named))}).fetchall())
    return [
        replace(result, failing_rows=[_with_source(row, found) for row in result.failing_rows])
        for result in results
    ]


def _figure(row: dict[str, str]) -> str | None:
    return next((row[name] for name in _NAMES_A_FIGURE if name in row), None)


def _with_source(row: dict[str, str], found: dict[str, str]) -> dict[str, str]:
    source = found.get(_figure(row) or "")
    return {**row, "source": source} if source else row

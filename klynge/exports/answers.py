"""An answer that leaves a release: its rows, and the descriptions of its columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pyarrow as pa

from klynge.releases.descriptions import (
    ColumnDescription,
    TableDescription,
    read_descriptions,
)
from klynge.releases.queries import named_tables, relation
from klynge.releases.reading import RESTRICTED, Release


@dataclass(frozen=True)
class Answer:
    """The rows of a table or of a query, with their release.

    ``sql`` is the query, or None for a whole table. ``tables`` are the tables from which the rows
    come. If ``is_metric`` is true, ``tables`` describes the metric instead. ``notes`` are what a
    reader must know about the rows.
    """

    release: Release
    rows: pa.Table
    sql: str | None = None
    tables: Mapping[str, TableDescription] = field(default_factory=dict)
    is_metric: bool = False
    notes: Sequence[str] = ()

    @property
    def query(self) -> str:
        """The query that gives the rows."""
        return self.sql or f"from {', '.join(map(relation, self.tables))}"

    @cached_property
    def columns(self) -> list[ColumnDescription]:
        """The description of each column.

        A query's column is described if all tables of the query that have it give it the same
        label.
        """
        return [self._describe(name) for name in self.rows.column_names]

    @property
    def headings(self) -> list[str]:
        """A Danish heading for each column: its label, or its name if it has no label."""
        described = TableDescription(
            "", columns=dict(zip(self.rows.column_names, self.columns, strict=True))
        )
        return described.headings(self.rows.column_names, "da")

    def _describe(self, column: str) -> ColumnDescription:
        found = [t.columns[column] for t in self.tables.values() if column in t.columns]
        if len({one.label_da for one in found}) != 1:
            return ColumnDescription()
        return found[0]


def read_table(release: Release, name: str) -> Answer:
    """Read a whole table, sorted by all its columns; ``name`` may omit the schema.

    Raises :class:`InputError` if the analysts' edition does not have the table.
    """
    found = release.find_table(name)
    whole = f"{found['schema']}.{found['table']}"
    # refuse a table of the restricted edition, with the reason
    rows = release.arrow(f"from {relation(whole)} order by all", restricted=False)
    return Answer(release, rows, tables={whole: release.describe(whole)})


def answer_query(release: Release, sql: str, *, restricted: bool = False) -> Answer:
    """Answer a query. Raises :class:`InputError` as :meth:`Release.arrow` does."""
    rows = release.arrow(sql, restricted=restricted)
    named = named_tables(sql)
    tables = {
        name: table
        for name, table in read_descriptions(release.path).items()
        if name.partition(".")[2] in named
    }
    return Answer(release, rows, sql=sql, tables=tables)


def public_tables(release: Release) -> list[str]:
    """List the marts and the tables of the star that analysts may read, as ``schema.table``."""
    return [
        f"{table['schema']}.{table['table']}"
        for table in release.manifest["tables"]
        if table["kind"] != "core" and table["edition"] != RESTRICTED
    ]

"""An answer that leaves a release: its rows, and the descriptions of its columns."""

from collections.abc import Mapping
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

    ``sql`` is the query; None for a whole table. ``tables`` are the tables from which the rows
    come. With ``is_metric``, ``tables`` describes the metric that was asked for.
    """

    release: Release
    rows: pa.Table
    sql: str | None = None
    tables: Mapping[str, TableDescription] = field(default_factory=dict)
    is_metric: bool = False

    @property
    def query(self) -> str:
        """The query that gives the rows."""
        return self.sql or f"from {', '.join(map(relation, self.tables))}"

    @cached_property
    def columns(self) -> list[ColumnDescription]:
        """The description of each column.

        A column of a query is described if the tables that it reads agree on the column's label.
        """
        return [self._describe(name) for name in self.rows.column_names]

    @property
    def headings(self) -> list[str]:
        """A Danish heading for each column: the label, or the name of a column without a label."""
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
    """A whole table, in the order of its columns' values; ``name`` may omit the schema.

    Raises :class:`InputError` for a table that the analysts' edition does not have.
    """
    found = release.find_table(name)
    whole = f"{found['schema']}.{found['table']}"
    # a table of the restricted edition is refused with the reason
    rows = release.arrow(f"from {relation(whole)} order by all", restricted=False)
    return Answer(release, rows, tables={whole: release.describe(whole)})


def answer_query(release: Release, sql: str, *, restricted: bool = False) -> Answer:
    """The answer to a query; raises :class:`InputError` as :meth:`Release.arrow` does."""
    rows = release.arrow(sql, restricted=restricted)
    named = named_tables(sql)
    tables = {
        name: table
        for name, table in read_descriptions(release.path).items()
        if name.partition(".")[2] in named
    }
    return Answer(release, rows, sql=sql, tables=tables)


def public_tables(release: Release) -> list[str]:
    """``schema.table`` of the marts and of the tables for BI tools that analysts may read."""
    return [
        f"{table['schema']}.{table['table']}"
        for table in release.manifest["tables"]
        if table["kind"] != "core" and table["edition"] != RESTRICTED
    ]

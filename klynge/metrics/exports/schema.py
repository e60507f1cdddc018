"""The tables that the exports describe, with their columns in a release."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import duckdb

from klynge.metrics.declarations import Catalogue, Dimension, Names


@dataclass(frozen=True)
class ExportedTable:
    """A table of a release, with the SQL types of its columns and its description.

    ``names`` is set if the table has the names of a dimension's values. ``comments`` has the
    descriptions of the columns that have one. All descriptions are the comments in the database,
    which are in Danish and English.
    """

    name: str
    columns: dict[str, str]
    description: str
    names: Names | None = None
    comments: Mapping[str, str] = field(default_factory=dict)

    @property
    def short_name(self) -> str:
        return self.name.rpartition(".")[2]


@dataclass(frozen=True)
class Link:
    """A column of a table with figures, and the table with the names of its values."""

    table: str
    column: str
    dimension: Dimension
    names: Names


def read_tables(
    connection: duckdb.DuckDBPyConnection, catalogue: Catalogue
) -> dict[str, ExportedTable]:
    """Read every table of figures and every table of names; the keys are ``schema.table``."""
    found = {}
    for name, names in sorted(_tables(catalogue), key=lambda pair: pair[0]):
        schema, _, table = name.partition(".")
        columns = connection.execute(
            "select column_name, data_type, comment from duckdb_columns() "
            "where schema_name = $schema and table_name = $table order by column_index",
            {"schema": schema, "table": table},
        ).fetchall()
        description = connection.execute(
            "select comment from duckdb_tables() where schema_name = $schema "
            "and table_name = $table",
            {"schema": schema, "table": table},
        ).fetchone()
        found[name] = ExportedTable(
            name,
            {column: kind for column, kind, _ in columns},
            (description and description[0]) or "",
            names,
            {column: comment for column, _, comment in columns if comment},
        )
    return found


def _tables(catalogue: Catalogue) -> Iterator[tuple[str, Names | None]]:
    yield from ((name, None) for name in catalogue.tables)
    yield from {link.names.table: link.names for link in read_links(catalogue)}.items()


def read_links(catalogue: Catalogue) -> Iterator[Link]:
    """Every reference from a table with figures to a table with names."""
    for table in catalogue.tables.values():
        for dimension in table.dimensions.values():
            if dimension.names:
                yield Link(table.name, dimension.column, dimension, dimension.names)

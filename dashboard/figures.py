"""Find one figure in the tables of a release, by table, key and column, for a page."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from klynge.errors import InputError
from klynge.messages import Message, message
from klynge.releases.descriptions import TableDescription, read_descriptions
from klynge.releases.queries import relation
from klynge.releases.reading import RESTRICTED, Release
from klynge.tracing.renderings import format_value

#: If no row or several rows have the key, at most this many rows are named.
LISTED_ROWS = 20


@dataclass(frozen=True)
class FigureTable:
    """A published table of the analysts' edition: its description and its columns with types."""

    description: TableDescription
    columns: Mapping[str, str]

    @property
    def name(self) -> str:
        """``schema.table``."""
        return self.description.name

    @property
    def key(self) -> tuple[str, ...]:
        """The columns of the key; all columns if the table declares no key."""
        return self.description.grain or tuple(self.columns)

    @property
    def figures(self) -> list[str]:
        """The columns that are no part of the key."""
        return [name for name in self.columns if name not in self.key] or list(self.columns)


@dataclass(frozen=True)
class FigureRow:
    """One row of a table, with the values of all its columns."""

    table: FigureTable
    values: Mapping[str, Any]

    @property
    def key(self) -> dict[str, str]:
        """The key as an address writes it; an empty text means NULL."""
        return {name: format_value(self.values[name]) for name in self.table.key}


class RestrictedError(InputError):
    """Only the restricted edition has the table."""


class UnclearRowError(InputError):
    """No row has the key, or several rows have it; ``rows`` are those that are meant, or near."""

    def __init__(self, said: Message, rows: Sequence[FigureRow]) -> None:
        super().__init__(said)
        self.rows = rows


def find_table(connection: duckdb.DuckDBPyConnection, release: Release, name: str) -> FigureTable:
    """Find a table of the analysts' edition; the schema may be left out.

    Raises :class:`InputError`, with the nearest names, for an unknown table, and
    :class:`RestrictedError` for a table that only the restricted edition has.
    """
    entry = release.find_table(name)
    whole = f"{entry['schema']}.{entry['table']}"
    if entry["edition"] == RESTRICTED:
        raise RestrictedError(
            message(
                "{table} is about single participants, members or companies: only the owner of "
                "the restricted edition can read it",
                table=whole,
            )
        )
    described = read_descriptions(release.path).get(whole, TableDescription(whole))
    found = connection.execute(f"describe {relation(whole)}").fetchall()
    return FigureTable(described, {column: kind for column, kind, *_ in found})


def require_column(table: FigureTable, name: str) -> None:
    """Raise :class:`InputError`, with the nearest names, for an unknown column."""
    if name not in table.columns:
        near = difflib.get_close_matches(name, table.columns, n=3, cutoff=0.5)
        raise InputError(
            message(
                "the table {table} has no column {column!r}; it has {columns}",
                table=table.name,
                column=name,
                columns=near or list(table.columns),
            )
        )


def find_row(
    connection: duckdb.DuckDBPyConnection, table: FigureTable, key: Mapping[str, str]
) -> FigureRow:
    """Find the row with the given values; an empty text means NULL.

    Raises :class:`InputError` for an unknown column, and :class:`UnclearRowError` if no row or
    several rows have these values.
    """
    for name in key:
        require_column(table, name)
    rows = read_rows(connection, table, key, LISTED_ROWS + 1)
    if len(rows) == 1:
        return rows[0]
    written = ", ".join(f"{name} = {value}" for name, value in key.items())
    if rows:
        said = message(
            "several rows of {table} have {key}: choose one of them",
            table=table.name,
            key=written or message("no key"),
        )
        raise UnclearRowError(said, rows[:LISTED_ROWS])
    said = message("no row of {table} has {key}", table=table.name, key=written)
    raise UnclearRowError(said, _nearest_rows(connection, table, key))


def read_rows(
    connection: duckdb.DuckDBPyConnection,
    table: FigureTable,
    key: Mapping[str, str],
    limit: int,
    offset: int = 0,
) -> list[FigureRow]:
    """Read rows with the given values, in the order of the table's key.

    Raises :class:`InputError` for an unknown column.
    """
    return _read(
        connection,
        table,
        f"where {condition(table, key)} order by {_names(table.key)} "
        f"limit {limit:d} offset {offset:d}",
        parameters(key),
    )


def count_rows(
    connection: duckdb.DuckDBPyConnection, table: FigureTable, key: Mapping[str, str]
) -> int:
    """Count the rows with the given values."""
    [(count,)] = connection.execute(
        f"select count(*) from {relation(table.name)} where {condition(table, key)}",
        parameters(key),
    ).fetchall()
    return int(count)


def condition(table: FigureTable, key: Mapping[str, str]) -> str:
    """Write the SQL condition for rows with the given values; :func:`parameters` fills it."""
    for name in key:
        require_column(table, name)
    return " and ".join(_equals(table, key)) or "true"


def parameters(key: Mapping[str, str]) -> dict[str, str]:
    """The values of the parameters of :func:`condition`."""
    return {f"key_{i}": value for i, value in enumerate(key.values()) if value}


def _equals(table: FigureTable, key: Mapping[str, str]) -> list[str]:
    """A value matches as text, or as a value of the column's type, such as 1.50 for 1.5."""
    return [
        f'(cast("{name}" as varchar) = $key_{i} '
        f'or "{name}" = try_cast($key_{i} as {table.columns[name]}))'
        if value
        else f'"{name}" is null'
        for i, (name, value) in enumerate(key.items())
    ]


def _nearest_rows(
    connection: duckdb.DuckDBPyConnection, table: FigureTable, key: Mapping[str, str]
) -> list[FigureRow]:
    """The rows that have the most of the given values; empty if no row has one of them."""
    if not key:
        return []
    matching = " + ".join(f"coalesce(({one})::integer, 0)" for one in _equals(table, key))
    return _read(
        connection,
        table,
        f"where {matching} > 0 order by {matching} desc, {_names(table.key)} limit {LISTED_ROWS}",
        parameters(key),
    )


def _read(
    connection: duckdb.DuckDBPyConnection, table: FigureTable, rest: str, values: dict[str, str]
) -> list[FigureRow]:
    found = connection.execute(
        f"select {_names(table.columns)} from {relation(table.name)} {rest}", values
    ).fetchall()
    return [FigureRow(table, dict(zip(table.columns, one, strict=True))) for one in found]


def _names(columns: Mapping[str, str] | Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)

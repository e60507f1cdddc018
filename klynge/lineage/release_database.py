"""Attach the database of a release to a connection, and find its rows by key."""

import os
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from klynge.lineage.errors import LineageError
from klynge.lineage.explanation import explain
from klynge.lineage.models import CompiledModels
from klynge.lineage.relational.expressions import quote_identifier
from klynge.lineage.relational.model_graph import ROW_KEY, ModelGraph
from klynge.lineage.rows.row_sets import row_key
from klynge.lineage.rows.temp_tables import RELEASE_NAME, TempTables, stored_name
from klynge.lineage.workspace import string_literal

#: The memory that DuckDB may use. When it needs more, it writes to disk.
MEMORY = "1500MB"
#: If several rows have the key, the error message lists this many of them.
LISTED = 10
#: The schemas of source tables, which no model builds.
SOURCE_SCHEMAS = ("raw", "reference")


@dataclass(frozen=True)
class FigureCell:
    """A cell of a model: a row number and a column. For a whole row, ``column`` is None."""

    model: str
    row: int
    column: str | None
    #: the columns whose values are traced: for a cell, its column and the key columns; for a whole
    #: row, all columns
    needed: frozenset[str]


@dataclass
class ReleaseDatabase:
    """A connection to which the whole database of a release is attached as ``release``."""

    connection: duckdb.DuckDBPyConnection
    models: CompiledModels
    #: the models (``schema.table``) whose rows are end results
    marts: Collection[str]
    graph: ModelGraph = field(init=False)
    temp: TempTables = field(init=False)

    def __post_init__(self) -> None:
        self.graph = _graph(self.connection, self.models)
        self.temp = TempTables(self.connection)

    def find_cell(self, mart: str, key: Mapping[str, Any], column: str | None) -> FigureCell:
        """Find the cell for a mart, a key and a column.

        Raises :class:`LineageError` for an unknown name, or if no row or several rows have the key.
        """
        model = self.models.named(mart).name
        columns = self.graph.columns[model]
        for name in [*key, *([column] if column else [])]:
            if name not in columns:
                raise LineageError(
                    explain(
                        "{model} has no column {name!r}; it has {columns}",
                        model=model,
                        name=name,
                        columns=", ".join(columns),
                    )
                )
        return self.cell_at(model, self._row_number(model, key), column)

    def cell_at(self, model: str, row: int, column: str | None = None) -> FigureCell:
        """Return the cell in the row with this number; the whole row if ``column`` is None."""
        columns = self.graph.columns[model]
        needed = {column, *self.models[model].grain} if column else set(columns)
        return FigureCell(model, row, column, frozenset(needed))

    def row(self, table: str, number: int) -> dict[str, Any]:
        """Return the row of a stored table that has this number."""
        [found] = self.fetch(f"from {stored_name(table)} where rowid = {number}")
        return found

    def row_numbers(self, model: str) -> list[int]:
        """The numbers of a stored model's rows."""
        query = f"select rowid from {stored_name(model)} order by rowid"
        return [row for (row,) in self.connection.execute(query).fetchall()]

    def key(self, model: str, number: int) -> dict[str, Any]:
        """The key of one row of a model."""
        values = self.row(model, number)
        return {name: values[name] for name in self.grain(model)}

    def keys(self, model: str, rows: str) -> list[dict[str, Any]]:
        """Return the keys of a model's rows. The temporary table ``rows`` has the row numbers."""
        names = ", ".join(map(quote_identifier, self.grain(model)))
        return self.fetch(
            f"select {names} from {stored_name(model)} where {self.temp.row_filter(rows)} "
            "order by all"
        )

    def grain(self, model: str) -> tuple[str, ...]:
        """Return the key columns of a model, or all its columns if it declares no key."""
        return self.models[model].grain or tuple(self.graph.columns[model])

    def source_row(self, key: str) -> tuple[str, int]:
        """Return the table and the row number of the source row that has this key.

        :func:`~klynge.lineage.rows.row_sets.row_key` defines the key. Raises :class:`LineageError`
        if no row has the key.
        """
        for table in self._tables_of_key(key):
            found = self.connection.execute(
                f"select rowid from {stored_name(table)} where {row_key(self.graph, table)} = ?",
                [key],
            ).fetchall()
            if found:
                return table, int(found[0][0])
        raise LineageError(
            explain(
                "no row has the key {key!r}; give the {column} of a row, or <table>#<key> if its "
                "table has no such column",
                key=key,
                column=ROW_KEY,
            )
        )

    def fetch(self, sql: str) -> list[dict[str, Any]]:
        """Return the rows of a query. Each row maps a column to its value."""
        answer = self.connection.execute(sql)
        names = [name for name, *_ in answer.description or ()]
        return [dict(zip(names, one, strict=True)) for one in answer.fetchall()]

    def _tables_of_key(self, key: str) -> list[str]:
        sources = [n for n in self.graph.columns if n.partition(".")[0] in SOURCE_SCHEMAS]
        named = [name for name in sources if key.startswith(f"{name}#")]
        return named or [name for name in sources if ROW_KEY in self.graph.columns[name]]

    def _row_number(self, model: str, key: Mapping[str, Any]) -> int:
        conditions = [
            f"{quote_identifier(c)} is null"
            if value is None
            else f"cast({quote_identifier(c)} as varchar) = ?"
            for c, value in key.items()
        ]
        grain = self.grain(model)
        rows = self.connection.execute(
            f"select rowid, {', '.join(map(quote_identifier, grain))} from {stored_name(model)} "
            f"where {' and '.join(conditions) or 'true'} order by all limit {LISTED + 1}",
            [_text(value) for value in key.values() if value is not None],
        ).fetchall()
        if not rows:
            raise LineageError(
                explain(
                    "{model} has no row with that key; the columns of the key are {columns}",
                    model=model,
                    columns=", ".join(grain),
                )
            )
        if len(rows) > 1:
            raise LineageError(_several_rows(grain, [row[1:] for row in rows]))
        return int(rows[0][0])


def open_database(
    database: Path, models: CompiledModels, marts: Collection[str]
) -> ReleaseDatabase:
    """Attach a database file, read-only. The file holds every table of a release."""
    connection = duckdb.connect()
    spill = Path(tempfile.gettempdir()) / f"lineage-{os.getpid()}"
    connection.execute("set TimeZone = 'UTC'")
    # a progress bar would be printed into the command's output
    connection.execute("set enable_progress_bar = false")
    connection.execute(f"set memory_limit = '{MEMORY}'")
    connection.execute(f"set temp_directory = {string_literal(spill)}")
    connection.execute("set preserve_insertion_order = false")
    connection.execute(f"attach {string_literal(database)} as {RELEASE_NAME} (read_only)")
    return ReleaseDatabase(connection, models, marts)


def _graph(connection: duckdb.DuckDBPyConnection, models: CompiledModels) -> ModelGraph:
    columns: dict[str, dict[str, str]] = {}
    for schema, table, name, kind in connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns() "
        "where database_name = ? order by schema_name, table_name, column_index",
        [RELEASE_NAME],
    ).fetchall():
        columns.setdefault(f"{schema}.{table}", {})[name] = kind
    sizes = {
        f"{schema}.{table}": rows
        for schema, table, rows in connection.execute(
            "select schema_name, table_name, estimated_size from duckdb_tables() "
            "where database_name = ?",
            [RELEASE_NAME],
        ).fetchall()
    }
    return ModelGraph(models, columns, sizes)


def _several_rows(grain: tuple[str, ...], keys: list[tuple[Any, ...]]) -> str:
    lines = []
    for key in keys[:LISTED]:
        pairs = zip(grain, key, strict=True)
        lines.append("  " + " ".join(f"{c}={'' if v is None else v}" for c, v in pairs))
    lines += ["  …"] if len(keys) > LISTED else []
    return explain(
        "several rows match; give more columns of the key:\n{rows}", rows="\n".join(lines)
    )


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

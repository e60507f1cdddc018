"""A release as the tracer holds it: its chain of models and its tables, read row by row."""

import os
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from klynge.errors import InputError
from klynge.lineage.models import CompiledModels
from klynge.lineage.relational.model_graph import ROW_KEY, ModelGraph
from klynge.lineage.rows.pushdown import quoted
from klynge.lineage.rows.restriction import RELEASE, stored_name
from klynge.lineage.rows.row_sets import row_key
from klynge.lineage.rows.temp_tables import TempTables
from klynge.lineage.workspace import string_literal

#: What the engine may hold; beyond it, it writes to disk.
MEMORY = "1500MB"
#: So many rows are listed where a key fits several.
LISTED = 10


@dataclass(frozen=True)
class Asked:
    """What is asked for: a row of a mart, one of its columns or None, and the columns needed."""

    model: str
    row: int
    column: str | None
    needed: frozenset[str]


@dataclass
class ReleaseDatabase:
    """A connection that has a release's whole database attached as ``release``."""

    connection: duckdb.DuckDBPyConnection
    models: CompiledModels
    #: the models whose rows are end results, ``schema.table``
    marts: Collection[str]
    manifest: Mapping[str, Any]
    chain: ModelGraph = field(init=False)
    scratch: TempTables = field(init=False)

    def __post_init__(self) -> None:
        self.chain = _chain(self.connection, self.models)
        self.scratch = TempTables(self.connection)

    def asked(self, mart: str, key: Mapping[str, Any], column: str | None) -> Asked:
        """What a mart, a key and a column name; raises :class:`InputError` where they do not."""
        model = self.models.named(mart).name
        columns = self.chain.columns[model]
        for name in [*key, *([column] if column else [])]:
            if name not in columns:
                raise InputError(f"{model} has no column {name!r}; it has {', '.join(columns)}")
        return self.cell(model, self._row(model, key), column)

    def cell(self, model: str, row: int, column: str | None = None) -> Asked:
        """A cell by its row's number; without a column the whole row."""
        columns = self.chain.columns[model]
        needed = {column, *self.models[model].grain} if column else set(columns)
        return Asked(model, row, column, frozenset(needed))

    def row(self, table: str, number: int) -> dict[str, Any]:
        """One row of a stored table."""
        [found] = self.fetched(f"from {stored_name(table)} where rowid = {number}")
        return found

    def key(self, model: str, number: int) -> dict[str, Any]:
        """The key of one row of a model."""
        values = self.row(model, number)
        return {name: values[name] for name in self.grain(model)}

    def keys(self, model: str, rows: str) -> list[dict[str, Any]]:
        """The keys of the rows of a model whose numbers are in the table ``rows``."""
        names = ", ".join(map(quoted, self.grain(model)))
        return self.fetched(
            f"select {names} from {stored_name(model)} where {self.scratch.among(rows)} "
            "order by all"
        )

    def grain(self, model: str) -> tuple[str, ...]:
        """A model's key; all its columns where it declares none."""
        return self.models[model].grain or tuple(self.chain.columns[model])

    def raw_row(self, key: str) -> tuple[str, int]:
        """The table and number of the raw or reference row that has a key."""
        raw = [name for name in self.chain.columns if name.startswith(("raw.", "reference."))]
        named = [name for name in raw if key.startswith(f"{name}#")]
        for table in named or [name for name in raw if ROW_KEY in self.chain.columns[name]]:
            found = self.connection.execute(
                f"select rowid from {stored_name(table)} where {row_key(self.chain, table)} = ?",
                [key],
            ).fetchall()
            if found:
                return table, int(found[0][0])
        raise InputError(
            f"no row has the key {key!r}: it is <load_id>#<row> for a submitted row, "
            "<document_id>#<cell_id> for a printed one, <table>#<its key> for any other"
        )

    def fetched(self, sql: str) -> list[dict[str, Any]]:
        """The rows of a query, by column."""
        answer = self.connection.execute(sql)
        names = [name for name, *_ in answer.description or ()]
        return [dict(zip(names, one, strict=True)) for one in answer.fetchall()]

    def _row(self, model: str, key: Mapping[str, Any]) -> int:
        """The number of the row that has a key."""
        conditions = [
            f"{quoted(c)} is null" if value is None else f"cast({quoted(c)} as varchar) = ?"
            for c, value in key.items()
        ]
        grain = self.grain(model)
        rows = self.connection.execute(
            f"select rowid, {', '.join(map(quoted, grain))} from {stored_name(model)} "
            f"where {' and '.join(conditions) or 'true'} order by all limit {LISTED + 1}",
            [_text(value) for value in key.values() if value is not None],
        ).fetchall()
        if len(rows) == 1:
            return int(rows[0][0])
        if not rows:
            raise InputError(
                f"{model} has no row with that key; its key is {', '.join(grain)}: look it up with "
                f'`klynge query "from {model}"`'
            )
        lines = []
        for one in rows[:LISTED]:
            pairs = zip(grain, one[1:], strict=True)
            lines.append("  " + " ".join(f"{c}={'' if v is None else v}" for c, v in pairs))
        lines += ["  …"] if len(rows) > LISTED else []
        raise InputError("\n".join(["the key fits several rows; say which:", *lines]))


def opened(
    database: Path,
    models: CompiledModels,
    marts: Collection[str],
    manifest: Mapping[str, Any] | None = None,
) -> ReleaseDatabase:
    """A database file that holds everything, raw tables and all; it is only read."""
    connection = duckdb.connect()
    spill = Path(tempfile.gettempdir()) / f"klynge-trace-{os.getpid()}"
    connection.execute("set TimeZone = 'UTC'")
    # a bar would stand among what a command answers
    connection.execute("set enable_progress_bar = false")
    connection.execute(f"set memory_limit = '{MEMORY}'")
    connection.execute(f"set temp_directory = {string_literal(spill)}")
    connection.execute("set preserve_insertion_order = false")
    connection.execute(f"attach {string_literal(database)} as {RELEASE} (read_only)")
    return ReleaseDatabase(connection, models, marts, manifest or {})


def _chain(connection: duckdb.DuckDBPyConnection, models: CompiledModels) -> ModelGraph:
    columns: dict[str, dict[str, str]] = {}
    for schema, table, name, kind in connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns() "
        "where database_name = ? order by schema_name, table_name, column_index",
        [RELEASE],
    ).fetchall():
        columns.setdefault(f"{schema}.{table}", {})[name] = kind
    sizes = {
        f"{schema}.{table}": rows
        for schema, table, rows in connection.execute(
            "select schema_name, table_name, estimated_size from duckdb_tables() "
            "where database_name = ?",
            [RELEASE],
        ).fetchall()
    }
    return ModelGraph(models, columns, sizes)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

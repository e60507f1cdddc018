"""Find a figure by mart, key and column; if there is none, the message names existing values."""

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from klynge.errors import InputError
from klynge.lineage.errors import LineageError
from klynge.lineage.models import CompiledModels, Model
from klynge.lineage.rows.temp_tables import stored_name
from klynge.messages import Message, listed, message
from klynge.tracing.explanations import as_message
from klynge.warehouse.schemas import CORE, MARTS

#: If several rows have the key, a message lists at most this many rows. If no row has it, a message
#: lists at most this many values.
_LISTED_ROWS, _LISTED_VALUES = 20, 8

#: Column -> value as text; an empty text means NULL.
FigureKey = Mapping[str, str]


@dataclass(frozen=True)
class FigureRow:
    """One column of one row of a stored table."""

    model: Model
    #: the row's number in the release's database
    row: int
    column: str
    #: the row's key
    key: dict[str, Any]
    value: Any

    def select(self, connection: duckdb.DuckDBPyConnection, columns: list[str]) -> tuple[Any, ...]:
        """Return the values of other columns of the row."""
        names = ", ".join(f'"{name}"' for name in columns)
        query = f"select {names} from {stored_name(self.model.name)} where rowid = {self.row}"
        [found] = connection.execute(query).fetchall()
        return tuple(found)


def parse_key(parts: Collection[str]) -> dict[str, str]:
    """Read texts such as ``year=2018`` as a mapping; an empty value means NULL."""
    key = {}
    for part in parts:
        name, equals, value = part.partition("=")
        if not equals or not name:
            raise InputError(
                message("{part!r} is not KEY=VALUE: write, for example, year=2018", part=part)
            )
        key[name] = value
    return key


def published_model(models: CompiledModels, name: str) -> Model:
    """Return the mart or core table with this name.

    Raises :class:`InputError` for a staging or intermediate table, and for an unknown name.
    """
    try:
        model = models.named(name)
    except LineageError as error:
        raise InputError(as_message(error.args[0])) from error
    if model.schema not in (CORE, *MARTS):
        raise InputError(
            message(
                "{model} is a step between the source and the marts and publishes no figures: "
                "trace a figure of a table that reads it: {readers}",
                model=model.name,
                readers=[m.table for m in models.readers.get(model.name, [])[:5]],
            )
        )
    return model


def find_figure(
    connection: duckdb.DuckDBPyConnection, model: Model, key: FigureKey, column: str | None
) -> FigureRow:
    """Find the figure with a key and a column; the release must be attached to the connection.

    Raises :class:`InputError` if the column is unknown, if no row has the key, or if several rows
    have it. The message lists the existing columns, values or rows.
    """
    table = stored_name(model.name)
    for name in key:
        _require_column(model, name)
    if column is None:
        others = [name for name in model.columns if name not in model.grain]
        raise InputError(
            message("name the column of the figure with --column: {columns}", columns=others)
        )
    _require_column(model, column)
    where = _where(connection, table, key)
    rows = connection.execute(
        f"select rowid from {table} where {where} limit 2", _values(key)
    ).fetchall()
    if not rows:
        raise InputError(_no_row(connection, model, key))
    if len(rows) > 1:
        raise InputError(_several_rows(connection, model, key, where))
    names = [*model.grain, column]
    columns = ", ".join(f'"{name}"' for name in names)
    [(row,)] = rows
    [found] = connection.execute(f"select {columns} from {table} where rowid = {row}").fetchall()
    return FigureRow(model, row, column, dict(zip(model.grain, found, strict=False)), found[-1])


def _require_column(model: Model, name: str) -> None:
    if name not in model.columns:
        near = difflib.get_close_matches(name, model.columns, n=3, cutoff=0.5)
        hint = message("it has {columns}", columns=list(model.columns))
        if near:
            hint = message("did you mean {names}?", names=near)
        raise InputError(
            message(
                "{model} has no column {name!r}: {hint}", model=model.name, name=name, hint=hint
            )
        )


def _where(connection: duckdb.DuckDBPyConnection, table: str, key: FigureKey) -> str:
    """An SQL condition for rows with the key; a value may match as text or as the column's type."""
    types = {name: kind for name, kind, *_ in connection.execute(f"describe {table}").fetchall()}
    conditions = [
        f'(cast("{name}" as varchar) = $v{i} or "{name}" = try_cast($v{i} as {types[name]}))'
        if value
        else f'"{name}" is null'
        for i, (name, value) in enumerate(key.items())
    ]
    return " and ".join(conditions) or "true"


def _values(key: FigureKey) -> dict[str, str]:
    return {f"v{i}": value for i, value in enumerate(key.values()) if value}


def _no_row(connection: duckdb.DuckDBPyConnection, model: Model, key: FigureKey) -> Message:
    """Say that no row has the key.

    For each column of the key, the message names the values that exist together with the values of
    the other columns.
    """
    first = message("{model} has no row with {key}", model=model.name, key=_text(key))
    lines = []
    for name, value in key.items():
        others = {k: v for k, v in key.items() if k != name}
        found = connection.execute(
            f'select distinct cast("{name}" as varchar) as value from {stored_name(model.name)} '
            f"where {_where(connection, stored_name(model.name), others)} "
            "order by value nulls first",
            _values(others),
        ).fetchall()
        existing = ["" if value is None else str(value) for (value,) in found]
        if existing and value not in existing:
            lines.append(
                message(
                    "with the other values, {name} is: {values}",
                    name=name,
                    values=_near(value, existing),
                )
            )
    if not lines:
        lines.append(message("`klynge query 'from {model}'` lists its rows", model=model.name))
    return listed(first, lines)


def _near(value: str, existing: list[str]) -> list[str]:
    """The existing values most similar to ``value``; the first values if none is similar."""
    near = difflib.get_close_matches(value, existing, n=3, cutoff=0.6) or existing[:_LISTED_VALUES]
    more = (
        [message("… ({count:,} values)", count=len(existing))] if len(existing) > len(near) else []
    )
    return [one or "(null)" for one in near] + more


def _several_rows(
    connection: duckdb.DuckDBPyConnection, model: Model, key: FigureKey, where: str
) -> Message:
    """Say that several rows have the key, and list the columns in which these rows differ."""
    table = stored_name(model.name)
    grain = [name for name in model.grain if name not in key] or list(model.columns)
    counts = ", ".join(f"count(distinct coalesce(cast(\"{n}\" as varchar), ''))" for n in grain)
    [(rows, *distinct)] = connection.execute(
        f"select count(*), {counts} from {table} where {where}", _values(key)
    ).fetchall()
    differing = _differing(grain, distinct)
    columns = ", ".join(f'cast("{name}" as varchar)' for name in differing)
    found = connection.execute(
        f"select {columns} from {table} where {where} order by all limit {_LISTED_ROWS}",
        _values(key),
    ).fetchall()
    first = message(
        "{rows:,} rows of {model} have {key}: choose one by {columns}",
        rows=rows,
        model=model.name,
        key=_text(key) or message("no key"),
        columns=differing,
    )
    lines = [_text(dict(zip(differing, row, strict=True))) for row in found]
    more = rows - len(found)
    return listed(first, [*lines, *([message("… and {more:,} more", more=more)] if more else [])])


def _differing(columns: list[str], distinct: list[int]) -> list[str]:
    """Return the columns with several distinct values; all columns if no column has them."""
    counts = zip(columns, distinct, strict=True)
    return [name for name, count in counts if count > 1] or columns


def _text(key: Mapping[str, str | None]) -> str:
    return " ".join(f"{name}={'' if value is None else value}" for name, value in key.items())

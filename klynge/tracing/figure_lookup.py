"""Which figure is meant: a mart, values that tell one of its rows, and a column."""

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from klynge.errors import InputError
from klynge.lineage.models import CompiledModels, Model
from klynge.warehouse.schemas import CORE, MARTS

#: How many rows are listed where a key is that of several, and values where it is that of none.
LISTED_ROWS, LISTED_VALUES = 20, 8

Key = Mapping[str, str]


@dataclass(frozen=True)
class Asked:
    """One column of one row of a stored table."""

    model: Model
    #: the row's number in the release's database
    row: int
    column: str
    #: what of the row tells it from all others
    key: dict[str, Any]
    value: Any


def parse_key(parts: Collection[str]) -> dict[str, str]:
    """``KEY=VALUE`` texts as a mapping; an empty value stands for null."""
    key = {}
    for part in parts:
        name, equals, value = part.partition("=")
        if not equals or not name:
            raise InputError(f"{part!r} is no KEY=VALUE: say, for example, year=2018")
        key[name] = value
    return key


def published(models: CompiledModels, name: str) -> Model:
    """The mart or core table of a name; :class:`InputError` for a step, or what there is not."""
    model = models.named(name)
    if model.schema not in (CORE, *MARTS):
        raise InputError(
            f"{model.name} is a step on the way and publishes no figures: trace a figure of what "
            f"reads it: {', '.join(m.table for m in models.readers.get(model.name, [])[:5])}"
        )
    return model


def ask(
    connection: duckdb.DuckDBPyConnection, database: str, model: Model, key: Key, column: str | None
) -> Asked:
    """The figure of a key and a column.

    The release is attached to ``connection`` as ``database``. Raises :class:`InputError` that says
    what there is instead for an unknown column, a key of no row, and a key of several.
    """
    table = f'"{database}"."{model.schema}"."{model.table}"'
    for name in key:
        _require_column(model, name)
    if column is None:
        others = [name for name in model.columns if name not in model.grain]
        raise InputError(f"say which figure, with --column: {', '.join(others)}")
    _require_column(model, column)
    where = _where(connection, table, key)
    rows = connection.execute(
        f"select rowid from {table} where {where} limit 2", _values(key)
    ).fetchall()
    if not rows:
        raise InputError(_none(connection, table, model, key))
    if len(rows) > 1:
        raise InputError(_several(connection, table, model, key, where))
    [(row,)] = rows
    names = [*model.grain, column]
    columns = ", ".join(f'"{name}"' for name in names)
    [found] = connection.execute(f"select {columns} from {table} where rowid = {row}").fetchall()
    return Asked(model, row, column, dict(zip(model.grain, found, strict=False)), found[-1])


def _require_column(model: Model, name: str) -> None:
    if name not in model.columns:
        near = difflib.get_close_matches(name, model.columns, n=3, cutoff=0.5)
        hint = f"did you mean {', '.join(near)}?" if near else f"it has {', '.join(model.columns)}"
        raise InputError(f"{model.name} has no column {name!r}: {hint}")


def _where(connection: duckdb.DuckDBPyConnection, table: str, key: Key) -> str:
    """The rows whose columns are the key's values, as they print or as their type reads them."""
    types = {name: kind for name, kind, *_ in connection.execute(f"describe {table}").fetchall()}
    conditions = [
        f'(cast("{name}" as varchar) = $v{i} or "{name}" = try_cast($v{i} as {types[name]}))'
        if value
        else f'"{name}" is null'
        for i, (name, value) in enumerate(key.items())
    ]
    return " and ".join(conditions) or "true"


def _values(key: Key) -> dict[str, str]:
    return {f"v{i}": value for i, value in enumerate(key.values()) if value}


def _none(connection: duckdb.DuckDBPyConnection, table: str, model: Model, key: Key) -> str:
    """What there is, where the key is that of no row: the values that go with its other ones."""
    lines = [f"{model.name} has no row with {_said(key)}"]
    for name, value in key.items():
        others = {k: v for k, v in key.items() if k != name}
        found = connection.execute(
            f'select distinct cast("{name}" as varchar) as value from {table} '
            f"where {_where(connection, table, others)} order by value nulls first",
            _values(others),
        ).fetchall()
        there = ["" if value is None else str(value) for (value,) in found]
        if there and value not in there:
            near = difflib.get_close_matches(value, there, n=3, cutoff=0.6) or there[:LISTED_VALUES]
            more = f", … ({len(there)} values)" if len(there) > len(near) else ""
            lines.append(
                f"with the rest, {name} is: {', '.join(v or '(null)' for v in near)}{more}"
            )
    if len(lines) == 1:
        lines.append(f"`klynge query 'from {model.name}'` shows what there is")
    return "\n  ".join(lines)


def _several(
    connection: duckdb.DuckDBPyConnection, table: str, model: Model, key: Key, where: str
) -> str:
    """The rows that share a key, and the columns that would tell them apart."""
    grain = [name for name in model.grain if name not in key] or list(model.columns)
    counts = ", ".join(f"count(distinct coalesce(cast(\"{n}\" as varchar), ''))" for n in grain)
    [(rows, *distinct)] = connection.execute(
        f"select count(*), {counts} from {table} where {where}", _values(key)
    ).fetchall()
    telling = [name for name, count in zip(grain, distinct, strict=True) if count > 1] or grain
    columns = ", ".join(f'cast("{name}" as varchar)' for name in telling)
    found = connection.execute(
        f"select {columns} from {table} where {where} order by all limit {LISTED_ROWS}",
        _values(key),
    ).fetchall()
    lines = [
        f"{rows} rows of {model.name} have {_said(key) or 'no key'}: tell one by "
        f"{', '.join(telling)}",
        *(_said(dict(zip(telling, row, strict=True))) for row in found),
    ]
    if rows > len(found):
        lines.append(f"… and {rows - len(found)} more")
    return "\n  ".join(lines)


def _said(key: Mapping[str, str | None]) -> str:
    return " ".join(f"{name}={'' if value is None else value}" for name, value in key.items())

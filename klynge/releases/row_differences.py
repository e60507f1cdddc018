"""The rows of a table that differ between two databases, matched by key."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import duckdb

ADDED, WITHDRAWN, CHANGED = "added", "withdrawn", "changed"

_VALUES = 'struct("name" varchar, "before" varchar, "after" varchar, differs boolean)[]'


@dataclass(frozen=True)
class RowDifference:
    """A row that only one of two databases has, or that has different values in them.

    All values are text as SQL prints them, with all decimals; None is null.
    """

    #: ``added``, ``withdrawn`` or ``changed``
    kind: str
    key: dict[str, str | None]
    #: column -> (value before, value after); all columns if only one database has the row
    values: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    #: source row keys before and after, for a table that has them
    sources: tuple[str | None, str | None] = (None, None)


@dataclass(frozen=True)
class Table:
    """A table to compare: ``schema.table``, its key, and columns to ignore."""

    name: str
    key: tuple[str, ...]
    ignored: frozenset[str] = frozenset()
    #: SQL condition on the rows to look at, over the table's columns
    where: str = "true"
    #: the column with the source row key
    source: str | None = None


class RowComparer:
    """Two databases, attached to one connection under the names ``before`` and ``after``."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, before: str = "before", after: str = "after"
    ) -> None:
        """Compare two databases, already attached, without writing into them."""
        self._connection = connection
        self._before, self._after = before, after

    def count(self, table: Table) -> dict[str, int]:
        """Kind of difference (added, withdrawn, changed) -> number of rows, without zeros."""
        counts = self._connection.execute(
            f"select kind, count(*) from ({self._differing(table)}) group by kind order by kind"
        ).fetchall()
        return dict(counts)

    def rows(self, table: Table, limit: int | None = None) -> list[RowDifference]:
        """The rows that differ, in order of their keys; at most ``limit``."""
        key = list(table.key)
        rows = self._connection.execute(
            f"from ({self._differing(table)}) order by {_names(key)}, kind"
            + (f" limit {limit}" if limit is not None else "")
        ).fetchall()
        return [
            RowDifference(
                kind=kind,
                key=dict(zip(key, values, strict=True)),
                values={value["name"]: (value["before"], value["after"]) for value in differing},
                sources=(source_before, source_after),
            )
            for *values, kind, source_before, source_after, differing in rows
        ]

    def _differing(self, table: Table) -> str:
        """A query for the key as text, the kind of difference, and the values that differ."""
        before = self._columns(self._before, table.name)
        after = self._columns(self._after, table.name)
        compared = [
            name
            for name in {**before, **after}
            if name not in table.key and name not in table.ignored
        ]
        same_key = " and ".join(f'b."{name}" is not distinct from a."{name}"' for name in table.key)
        differs = [_differs(name, before.get(name), after.get(name)) for name in compared]
        values = ", ".join(
            f"{{'name': {_text(name)}, 'before': {_value('b', name, before)}, "
            f"'after': {_value('a', name, after)}, 'differs': {test}}}"
            for name, test in zip(compared, differs, strict=True)
        )
        keys = ", ".join(
            f'cast(coalesce(b."{name}", a."{name}") as varchar) as "{name}"' for name in table.key
        )
        return f"""
            select
                {keys},
                case
                    when b.here is null then '{ADDED}'
                    when a.here is null then '{WITHDRAWN}'
                    else '{CHANGED}'
                end as kind,
                {_source("b", table, before)} as source_before,
                {_source("a", table, after)} as source_after,
                list_filter(cast([{values}] as {_VALUES}), lambda value: value.differs) as differing
            from ({_rows(self._before, table, before)}) as b
            full join ({_rows(self._after, table, after)}) as a on {same_key}
            where b.here is null or a.here is null or {" or ".join(differs) or "false"}
        """

    def _columns(self, database: str, table: str) -> dict[str, str]:
        """Column -> type; empty if the database has no such table."""
        schema, _, name = table.partition(".")
        return dict(
            self._connection.execute(
                "select column_name, data_type from duckdb_columns() "
                "where database_name = ? and schema_name = ? and table_name = ? "
                "order by column_index",
                [database, schema, name],
            ).fetchall()
        )


def _rows(database: str, table: Table, columns: dict[str, str]) -> str:
    """The table's rows in one database: no rows without the table, null for a missing column."""
    missing = "".join(f', null as "{name}"' for name in table.key if name not in columns)
    if not columns:
        return f"select null as here{missing} where false"
    schema, _, name = table.name.partition(".")
    return (
        f'select *, true as here{missing} from "{database}"."{schema}"."{name}" where {table.where}'
    )


def _differs(name: str, before: str | None, after: str | None) -> str:
    if before is None or after is None:
        return f'{"a" if before is None else "b"}."{name}" is not null'
    if before == after:
        return f'b."{name}" is distinct from a."{name}"'
    return f'cast(b."{name}" as varchar) is distinct from cast(a."{name}" as varchar)'


def _value(side: str, name: str, columns: dict[str, str]) -> str:
    return f'cast({side}."{name}" as varchar)' if name in columns else "cast(null as varchar)"


def _source(side: str, table: Table, columns: dict[str, str]) -> str:
    return _value(side, table.source, columns) if table.source else "null"


def _names(columns: Iterable[str]) -> str:
    return ", ".join(f'"{name}" nulls first' for name in columns)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def condition(key: Sequence[tuple[str, str | None]]) -> str:
    """An SQL condition: the row's columns have these values as text."""
    return " and ".join(
        f'cast("{name}" as varchar) is not distinct from '
        + ("null" if value is None else _text(value))
        for name, value in key
    )

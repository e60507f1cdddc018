"""Find the rows of a table that differ between two databases. Rows are matched by key."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import duckdb

ADDED, WITHDRAWN, CHANGED = "added", "withdrawn", "changed"

_VALUES = 'struct("name" varchar, "before" varchar, "after" varchar, differs boolean)[]'


@dataclass(frozen=True)
class RowDifference:
    """A row that only one of two databases has, or whose values differ between the databases.

    All values are text as SQL prints them, with all decimals. None stands for NULL.
    """

    #: ``added``, ``withdrawn`` or ``changed``
    kind: str
    key: dict[str, str | None]
    #: for each column that differs, the values before and after
    values: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    #: the source row keys (before, after); None for a table without source row keys
    sources: tuple[str | None, str | None] = (None, None)


@dataclass(frozen=True)
class Table:
    """A table to compare: its name (``schema.table``), its key, and columns to ignore."""

    name: str
    key: tuple[str, ...]
    ignored: frozenset[str] = frozenset()
    #: SQL condition; only rows that satisfy it are compared
    where: str = "true"
    #: the column with the source row key
    source: str | None = None


class RowComparer:
    """Compares the tables of two databases that are attached to one connection."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, before: str = "before", after: str = "after"
    ) -> None:
        """Take the connection, and the names under which the databases are attached to it."""
        self._connection = connection
        self._before, self._after = before, after

    def count(self, table: Table) -> dict[str, int]:
        """Count the rows of each kind of difference (added, withdrawn, changed) that occurs."""
        counts = self._connection.execute(
            f"select kind, count(*) from ({self._differing(table)}) group by kind order by kind"
        ).fetchall()
        return dict(counts)

    def rows(self, table: Table, limit: int | None = None) -> list[RowDifference]:
        """Return the rows that differ, at most ``limit`` of them, in order of their keys."""
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
        """Write a query for the rows that differ: key as text, kind, source row keys, values."""
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
                list_filter(
                    cast([{values}] as {_VALUES}),
                    -- no column of a table has a name with a blank
                    lambda "compared value": "compared value".differs
                ) as differing
            from ({_rows(self._before, table, before)}) as b
            full join ({_rows(self._after, table, after)}) as a on {same_key}
            where b.here is null or a.here is null or {" or ".join(differs) or "false"}
        """

    def _columns(self, database: str, table: str) -> dict[str, str]:
        """The type of each column; empty if the database lacks the table."""
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
    """Write SQL for a table's rows in one database.

    If the database lacks the table, the SQL gives no rows. A key column that the table lacks is
    NULL.
    """
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
    """Write the SQL condition that the columns of a row, cast to text, have these values."""
    return " and ".join(
        f'cast("{name}" as varchar) is not distinct from '
        + ("null" if value is None else _text(value))
        for name, value in key
    )

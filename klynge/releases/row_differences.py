"""Rows of one table in two databases, put side by side by their key."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import duckdb

ADDED, WITHDRAWN, CHANGED = "added", "withdrawn", "changed"

_VALUES = 'struct("name" varchar, "before" varchar, "after" varchar, differs boolean)[]'


@dataclass(frozen=True)
class RowDifference:
    """A row that is in one of two databases only, or says something else in the other.

    All values are text as SQL prints them, decimals in full; None is null.
    """

    #: ``added``, ``withdrawn`` or ``changed``
    kind: str
    key: dict[str, str | None]
    #: column -> what it said before and says after; of a row in one of them only, all that is said
    values: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    #: where the row came from, before and after; of a table that tells it
    sources: tuple[str | None, str | None] = (None, None)


@dataclass(frozen=True)
class Table:
    """A table to compare: ``schema.table``, what tells its rows apart, what need not be equal."""

    name: str
    key: tuple[str, ...]
    ignored: frozenset[str] = frozenset()
    #: SQL condition on the rows to look at, over the table's columns
    where: str = "true"
    #: the column that tells where a row came from
    source: str | None = None


class RowComparer:
    """Two databases, attached to one connection under the names ``before`` and ``after``."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, before: str = "before", after: str = "after"
    ) -> None:
        """Take databases that are attached already; nothing is written into them."""
        self._connection = connection
        self._before, self._after = before, after

    def count(self, table: Table) -> dict[str, int]:
        """How many rows are added, withdrawn and changed; kinds without any are left out."""
        found = self._connection.execute(
            f"select kind, count(*) from ({self._differing(table)}) group by kind order by kind"
        ).fetchall()
        return dict(found)

    def rows(self, table: Table, limit: int | None = None) -> list[RowDifference]:
        """The rows that differ, in order of their keys."""
        key = list(table.key)
        found = self._connection.execute(
            f"from ({self._differing(table)}) order by {_names(key)}, kind"
            + (f" limit {limit}" if limit is not None else "")
        ).fetchall()
        return [
            RowDifference(
                kind=kind,
                key=dict(zip(key, values, strict=True)),
                values={one["name"]: (one["before"], one["after"]) for one in differing},
                sources=(source_before, source_after),
            )
            for *values, kind, source_before, source_after, differing in found
        ]

    def _differing(self, table: Table) -> str:
        """A query that gives the key as text, the kind, and the values that differ."""
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
            f"{{'name': {_text(name)}, 'before': {_said('b', name, before)}, "
            f"'after': {_said('a', name, after)}, 'differs': {test}}}"
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
                list_filter(cast([{values}] as {_VALUES}), lambda one: one.differs) as differing
            from ({_rows(self._before, table, before)}) as b
            full join ({_rows(self._after, table, after)}) as a on {same_key}
            where b.here is null or a.here is null or {" or ".join(differs) or "false"}
        """

    def _columns(self, database: str, table: str) -> dict[str, str]:
        """Column -> type; empty where the database has no such table."""
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
    """One database's rows of the table, none where it is missing; a key it lacks is null."""
    lacking = "".join(f', null as "{name}"' for name in table.key if name not in columns)
    if not columns:
        return f"select null as here{lacking} where false"
    schema, _, name = table.name.partition(".")
    return (
        f'select *, true as here{lacking} from "{database}"."{schema}"."{name}" where {table.where}'
    )


def _differs(name: str, before: str | None, after: str | None) -> str:
    if before is None or after is None:
        return f'{"a" if before is None else "b"}."{name}" is not null'
    if before == after:
        return f'b."{name}" is distinct from a."{name}"'
    return f'cast(b."{name}" as varchar) is distinct from cast(a."{name}" as varchar)'


def _said(side: str, name: str, columns: dict[str, str]) -> str:
    return f'cast({side}."{name}" as varchar)' if name in columns else "cast(null as varchar)"


def _source(side: str, table: Table, columns: dict[str, str]) -> str:
    return _said(side, table.source, columns) if table.source else "null"


def _names(columns: Iterable[str]) -> str:
    return ", ".join(f'"{name}" nulls first' for name in columns)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def condition(key: Sequence[tuple[str, str | None]]) -> str:
    """An SQL condition that holds for rows whose columns say these texts."""
    return " and ".join(
        f'cast("{name}" as varchar) is not distinct from '
        + ("null" if value is None else _text(value))
        for name, value in key
    )

"""Temporary tables of a connection: made under names of their own, and dropped together."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

import duckdb


@dataclass
class Scratch:
    """What was made in a connection and can go."""

    connection: duckdb.DuckDBPyConnection
    _made: dict[str, str] = field(default_factory=dict)
    _sizes: dict[str, int] = field(default_factory=dict)
    _bounds: dict[str, tuple[int | None, int | None]] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)

    def table(self, stem: str, sql: str) -> str:
        """A temporary table of what a query gives; its name."""
        return self._make("table", stem, sql)

    def view(self, stem: str, sql: str) -> str:
        """A temporary view; its name."""
        return self._make("view", stem, sql)

    def size(self, table: str) -> int:
        """How many rows a temporary table had when it was made."""
        return self._sizes[table]

    def has(self, name: str) -> bool:
        """Whether a temporary table has a name."""
        return name in self._sizes

    def number(self, sql: str) -> int:
        """The one number that a query gives."""
        [(number,)] = self.connection.execute(sql).fetchall()
        return int(number)

    def among(self, rows: str, where: str = "true") -> str:
        """The condition that a row's number is in a table ``rows``.

        The bounds, and what those rows are known to fulfil, let the engine leave out others unread.
        """
        if rows not in self._bounds:
            query = f"select min(row), max(row) from {rows}"
            [self._bounds[rows]] = self.connection.execute(query).fetchall()
        least, greatest = self._bounds[rows]
        if least is None:
            return "false"
        bounds = f"rowid between {least} and {greatest}"
        return f"({where}) and {bounds} and rowid in (select row from {rows})"

    def columns(self, relation: str) -> dict[str, str]:
        """Column -> type of a relation."""
        rows = self.connection.execute(f"describe from {relation}").fetchall()
        return {name: kind for name, kind, *_ in rows}

    def drop(self, keep: Collection[str] = ()) -> None:
        """Drop everything but some tables."""
        for name, kind in [*self._made.items()][::-1]:
            if name not in keep:
                self.connection.execute(f"drop {kind} {name}")
                self._sizes.pop(name, None)
                self._bounds.pop(name, None)
                del self._made[name]

    @contextmanager
    def emptied(self) -> Iterator[None]:
        """Drop what is made within."""
        before = set(self._made)
        try:
            yield
        finally:
            self.drop(before)

    def _make(self, kind: str, stem: str, sql: str) -> str:
        name = f"{stem}_{next(self._numbers)}"
        answer = self.connection.execute(f"create temp {kind} {name} as {sql}")
        if kind == "table":
            [(self._sizes[name],)] = answer.fetchall()
        self._made[name] = kind
        return name

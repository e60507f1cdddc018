"""Tables that a connection needs for a while: made under names of their own, and dropped together.

They are in a database of their own in memory: to let go of that takes no longer than one drop.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

import duckdb

#: What the database is attached as.
DATABASE = "scratch"


@dataclass
class TempTables:
    """What was made in a connection and can go."""

    connection: duckdb.DuckDBPyConnection
    _views: list[str] = field(default_factory=list)
    _sizes: dict[str, int] = field(default_factory=dict)
    _bounds: dict[str, tuple[int | None, int | None]] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self._begin()

    def table(self, stem: str, sql: str) -> str:
        """A table of what a query gives; its name."""
        name = f"{DATABASE}.{stem}_{next(self._numbers)}"
        made = self.connection.execute(f"create table {name} as {sql}")
        [(self._sizes[name],)] = made.fetchall()
        return name

    def view(self, stem: str, sql: str) -> str:
        """A view; its name, which needs no database before it."""
        name = f"{stem}_{next(self._numbers)}"
        self.connection.execute(f"create temp view {name} as {sql}")
        self._views.append(name)
        return name

    def size(self, table: str) -> int:
        """How many rows a table had when it was made."""
        return self._sizes[table]

    def has(self, name: str) -> bool:
        """Whether a table has a name."""
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
        while self._views:
            self.connection.execute(f"drop view {self._views.pop()}")
        if not keep:
            self._begin()
        for name in [*self._sizes]:
            if name not in keep:
                self.connection.execute(f"drop table {name}")
                self._bounds.pop(name, None)
                del self._sizes[name]

    @contextmanager
    def emptied(self) -> Iterator[None]:
        """Drop what is made within."""
        before = set(self._sizes)
        try:
            yield
        finally:
            self.drop(before)

    def _begin(self) -> None:
        """Be without any table."""
        self.connection.execute(f"detach database if exists {DATABASE}")
        self.connection.execute(f"attach ':memory:' as {DATABASE}")
        self._sizes, self._bounds = {}, {}

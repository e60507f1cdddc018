"""The temporary tables of a connection. Each gets a new name, and all are dropped together.

The tables are in a separate in-memory database. To drop all of them, the database is detached. This
takes no longer than dropping one table.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

import duckdb

from klynge.lineage.relational.expressions import quote_identifier

#: The name under which the release is attached.
RELEASE_NAME = "release"
#: The name under which the database of the temporary tables is attached.
TEMPORARY = "scratch"


def stored_name(table: str) -> str:
    """Return a table's name in the attached release: ``core.a`` becomes ``release."core"."a"``."""
    schema, _, name = table.partition(".")
    return f"{RELEASE_NAME}.{quote_identifier(schema)}.{quote_identifier(name)}"


@dataclass
class TempTables:
    """The temporary tables and views of one connection."""

    connection: duckdb.DuckDBPyConnection
    _views: list[str] = field(default_factory=list)
    _sizes: dict[str, int] = field(default_factory=dict)
    _bounds: dict[str, tuple[int | None, int | None]] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self._begin()

    def table(self, stem: str, sql: str) -> str:
        """Create a table from a query. Its name starts with ``stem``."""
        name = f"{TEMPORARY}.{stem}_{next(self._numbers)}"
        created = self.connection.execute(f"create table {name} as {sql}")
        [(self._sizes[name],)] = created.fetchall()
        return name

    def view(self, stem: str, sql: str) -> str:
        """Create a view from a query, and return its name without a database name."""
        name = f"{stem}_{next(self._numbers)}"
        self.connection.execute(f"create temp view {name} as {sql}")
        self._views.append(name)
        return name

    def size(self, table: str) -> int:
        """Return how many rows a table had when it was created."""
        return self._sizes[table]

    def has(self, name: str) -> bool:
        """Whether there is a table of this name."""
        return name in self._sizes

    def number(self, sql: str) -> int:
        """The single number that a query returns."""
        [(number,)] = self.connection.execute(sql).fetchall()
        return int(number)

    def tags(self, relation: str) -> list[int]:
        """The distinct values of a relation's column ``tag``."""
        query = f"select distinct tag from {relation}"
        return [tag for (tag,) in self.connection.execute(query).fetchall()]

    def row_filter(self, rows: str, where: str = "true") -> str:
        """Write the SQL condition under which the table ``rows`` has a row's number.

        The number is in the column ``row`` of ``rows``. The SQL also has two conditions that are
        true of all these rows: ``where``, and the range from the smallest to the largest number.
        With these two, DuckDB can skip parts of a table.
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
        """Drop all views, and all tables except ``keep``."""
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
        """When the context closes, drop the tables that were created inside the context."""
        before = set(self._sizes)
        try:
            yield
        finally:
            self.drop(before)

    def _begin(self) -> None:
        self.connection.execute(f"detach database if exists {TEMPORARY}")
        self.connection.execute(f"attach ':memory:' as {TEMPORARY}")
        self._sizes, self._bounds = {}, {}

"""Filters by sets of values: some columns of a block must form one of several tuples.

Example: a trace starts from the figure of ``shop = 'north'`` and ``year = 2021``. Its filter has
the columns (shop, year) and the tuple ('north', 2021). When the filter is pushed down to
``raw.sales``, it selects the rows that can matter for the figure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from klynge.lineage.relational.expressions import quote_identifier
from klynge.lineage.rows.temp_tables import TempTables

#: Up to this many tuples are written into the SQL as literals; larger sets are joined.
MAX_INLINE = 64
#: Types whose values can differ in the last digits between two computations.
INEXACT_TYPES = ("DOUBLE", "FLOAT")


def exact_columns(types: Mapping[str, str]) -> list[str]:
    """The columns whose types are not in :data:`INEXACT_TYPES`."""
    return [name for name, kind in types.items() if kind not in INEXACT_TYPES]


def any_of(conditions: Iterable[str]) -> str:
    """The SQL condition that at least one of several conditions holds."""
    found = sorted(set(conditions))
    return "true" if "true" in found else " or ".join(f"({one})" for one in found)


@dataclass(frozen=True)
class ValueSet:
    """Distinct tuples of values in a temporary table.

    If ``temp`` is None, there is no table, and the set only serves to follow column names.
    """

    temp: TempTables | None
    table: str
    #: column -> type, if known without a query
    types: Mapping[str, str] | None = field(default=None, compare=False)

    def __hash__(self) -> int:
        return hash(self.table)

    @cached_property
    def columns(self) -> dict[str, str]:
        """Column -> type."""
        return dict(self.types or self._known.columns(self.table))

    @cached_property
    def size(self) -> int:
        """The number of tuples."""
        return self._known.size(self.table)

    def equals(self, column: str) -> str:
        """The SQL operator for a column: ``=``, or ``is not distinct from`` if it has nulls."""
        return "is not distinct from" if column in self._nullable else "="

    def condition(self, column: str, expression: str) -> str | None:
        """The SQL condition that ``expression`` is one of the column's values.

        None if the condition would be long, or if the column has an inexact type.
        """
        if self.columns[column] in INEXACT_TYPES:
            return None
        values = self._inline_values(column)
        if values is None:
            return None
        literals = [self._literal(v, column) for v in values if v is not None]
        if len(literals) == 1:
            text = f"{expression} = {literals[0]}"
        else:
            text = f"{expression} in ({', '.join(literals)})" if literals else "false"
        return f"({text} or {expression} is null)" if None in values else text

    def _inline_values(self, column: str) -> list[str | None] | None:
        """The values of a column if there are few, or if all are equal; otherwise None."""
        if self.size <= MAX_INLINE:
            return self._values[column]
        filled, least, greatest = self._statistics[column]
        if filled == 0:
            return [None]
        return [least] if filled == self.size and least == greatest else None

    @cached_property
    def _nullable(self) -> set[str]:
        """The columns that are null in at least one tuple."""
        if self.size <= MAX_INLINE:
            return {name for name, values in self._values.items() if None in values}
        return {name for name, (filled, *_) in self._statistics.items() if filled < self.size}

    @cached_property
    def _statistics(self) -> dict[str, tuple[int, str | None, str | None]]:
        """For each column: the number of non-null values, the smallest and the largest value."""
        parts = ", ".join(
            f"count({c}), cast(min({c}) as varchar), cast(max({c}) as varchar)"
            for c in map(quote_identifier, self.columns)
        )
        [found] = self._known.connection.execute(f"select {parts} from {self.table}").fetchall()
        return {name: found[3 * i : 3 * i + 3] for i, name in enumerate(self.columns)}

    @cached_property
    def _values(self) -> dict[str, list[str | None]]:
        parts = ", ".join(f"cast({c} as varchar)" for c in map(quote_identifier, self.columns))
        rows = self._known.connection.execute(f"select {parts} from {self.table}").fetchall()
        return {
            name: sorted({row[i] for row in rows}, key=str) for i, name in enumerate(self.columns)
        }

    @property
    def _known(self) -> TempTables:
        if self.temp is None:
            raise ValueError("the values are not known")
        return self.temp

    def _literal(self, value: str, column: str) -> str:
        text = "'" + value.replace("'", "''") + "'"
        kind = self.columns[column]
        return text if kind == "VARCHAR" else f"cast({text} as {kind})"


@dataclass(frozen=True)
class KeyFilter:
    """The condition that some columns of a block form a tuple that is in a value set.

    ``columns`` are pairs (column of the block, column of the value set).
    """

    values: ValueSet
    columns: tuple[tuple[str, str], ...]

    def renamed(self, names: Mapping[str, str]) -> "KeyFilter":
        """The filter with columns renamed; columns that are not in ``names`` are dropped."""
        return KeyFilter(self.values, tuple((names[b], v) for b, v in self.columns if b in names))

    def conditions(self, expressions: Mapping[str, str]) -> list[str]:
        """SQL conditions for the filter's columns that are short enough to be written as literals.

        ``expressions`` maps a column of the block to its SQL.
        """
        found = (
            self.values.condition(v, expressions[b]) for b, v in self.columns if b in expressions
        )
        return [one for one in found if one is not None]

    def semi_join(self, relation: str, keys: Sequence[tuple[str, ...]]) -> str:
        """SQL for the rows of a relation that are joined to the value set.

        A small value set is not joined: :meth:`conditions` expresses it. ``keys`` are the sets of
        columns that are unique in the relation.
        """
        if self.values.size <= MAX_INLINE or not self.columns:
            return relation
        on = " and ".join(
            f"x.{quote_identifier(b)} {self.values.equals(v)} y.{quote_identifier(v)}"
            for b, v in self._joined_columns(keys).items()
        )
        if not on:
            return relation
        return f"(select x.* from {relation} as x semi join {self.values.table} as y on {on})"

    def _joined_columns(self, keys: Sequence[tuple[str, ...]]) -> dict[str, str]:
        """The columns to join on: block column -> value set column.

        If the filter has all columns of a key, these are enough. Columns of inexact types are never
        joined.
        """
        columns = {b: v for b, v in self.columns if self.values.condition(v, "x") is None}
        key = next((k for k in keys if set(k) <= set(columns)), None)
        if key:
            columns = {b: columns[b] for b in key}
        return {b: v for b, v in columns.items() if self.values.columns[v] not in INEXACT_TYPES}


Filters = tuple[KeyFilter, ...]

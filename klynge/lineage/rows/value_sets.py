"""Filters by sets of values. Some columns of a block must form one of several tuples.

Example: a trace starts from the figure of ``shop = 'north'`` and ``year = 2021``. The filter then
has the columns (shop, year) and the tuple ('north', 2021). After the filter is pushed down to
``raw.sales``, it selects the rows that can matter for the figure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from klynge.lineage.relational.expressions import quote_identifier
from klynge.lineage.rows.temp_tables import TempTables

#: If a set has at most this many tuples, the SQL has them as literals; a larger set is joined.
MAX_INLINE = 64
#: Two computations of a value of these types can differ in the last digits.
INEXACT_TYPES = ("DOUBLE", "FLOAT")


def exact_columns(types: Mapping[str, str]) -> list[str]:
    """Return the columns whose types are not in :data:`INEXACT_TYPES`."""
    return [name for name, kind in types.items() if kind not in INEXACT_TYPES]


def any_of(conditions: Iterable[str]) -> str:
    """Write an SQL condition that is true if at least one of ``conditions`` is true."""
    found = sorted(set(conditions))
    return "true" if "true" in found else " or ".join(f"({one})" for one in found)


@dataclass(frozen=True)
class ValueSet:
    """Distinct tuples of values in a temporary table.

    If ``temp`` is None, the set has no table. It is then used only to follow column names.
    """

    temp: TempTables | None
    table: str
    #: column -> type; None if a query must find the types
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
        """Return the SQL operator that compares a column.

        The operator is ``=``, or ``is not distinct from`` if the column has nulls.
        """
        return "is not distinct from" if column in self._nullable else "="

    def condition(self, column: str, expression: str) -> str | None:
        """Write the SQL condition under which ``expression`` equals a value of the column.

        Return None if the condition would be long, or if the column has an inexact type.
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
        """Return a column's values if there are few, or its only value; otherwise None."""
        if self.size <= MAX_INLINE:
            return self._values[column]
        filled, least, greatest = self._statistics[column]
        if filled == 0:
            return [None]
        return [least] if filled == self.size and least == greatest else None

    @cached_property
    def _nullable(self) -> set[str]:
        """Find the columns that are null in at least one tuple."""
        if self.size <= MAX_INLINE:
            return {name for name, values in self._values.items() if None in values}
        return {name for name, (filled, *_) in self._statistics.items() if filled < self.size}

    @cached_property
    def _statistics(self) -> dict[str, tuple[int, str | None, str | None]]:
        """For each column, return the number of non-null values, the minimum and the maximum."""
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
    """A filter. Some columns of a block must form a tuple that is in a value set.

    ``columns`` are pairs (column of the block, column of the value set).
    """

    values: ValueSet
    columns: tuple[tuple[str, str], ...]

    def renamed(self, names: Mapping[str, str]) -> "KeyFilter":
        """Rename the filter's columns. Columns that are not in ``names`` are dropped."""
        return KeyFilter(self.values, tuple((names[b], v) for b, v in self.columns if b in names))

    def conditions(self, expressions: Mapping[str, str]) -> list[str]:
        """Write SQL conditions with literals for those columns whose conditions are short.

        ``expressions`` maps a column of the block to its SQL.
        """
        found = (
            self.values.condition(v, expressions[b]) for b, v in self.columns if b in expressions
        )
        return [one for one in found if one is not None]

    def semi_join(self, relation: str, keys: Sequence[tuple[str, ...]]) -> str:
        """Write SQL for the rows of a relation that have a partner in the value set.

        A small value set is not joined, because :meth:`conditions` writes it as literals. ``keys``
        are the sets of columns that are unique in the relation.
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
        """Map each column of the block to the column of the value set to which it is joined.

        If the filter has all columns of a key, only these columns are joined. Columns of inexact
        types are never joined.
        """
        columns = {b: v for b, v in self.columns if self.values.condition(v, "x") is None}
        key = next((k for k in keys if set(k) <= set(columns)), None)
        if key:
            columns = {b: columns[b] for b in key}
        return {b: v for b, v in columns.items() if self.values.columns[v] not in INEXACT_TYPES}


Filters = tuple[KeyFilter, ...]

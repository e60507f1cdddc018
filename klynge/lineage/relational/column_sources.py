"""Find the columns of stored tables that decide the values and the rows of a block.

A decider is such a column, together with the way in which it decides. For example, in ``select
sum(amount) as amount from sales where year = 2021``, the column ``amount`` decides by its value,
and the column ``year`` decides as a filter.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlglot import exp

from klynge.lineage.relational.algebra import (
    Aggregate,
    Block,
    JoinInput,
    Opaque,
    Select,
    SetOperation,
    TableScan,
    UnionAll,
    Window,
)
from klynge.lineage.relational.expressions import column_names
from klynge.lineage.relational.model_graph import ModelGraph

#: The ``column`` of a decider if a table's rows are only counted, as in ``count(*)``.
EVERY = "*"
#: The kind of a decider whose table supplies the block's rows. Users do not see this kind.
ALL_ROWS = "rows"


class ColumnDecider(NamedTuple):
    """A source column, and how it decides: by value, filter, join, group or order.

    ``column`` is :data:`EVERY` if the rows of the table are counted. ``table`` and ``column`` are
    None for a constant.
    """

    kind: str
    table: str | None
    column: str | None


Deciders = frozenset[ColumnDecider]
#: A value that depends on no table has this decider.
CONSTANT = ColumnDecider("value", None, None)
_NOTHING: Deciders = frozenset()


@dataclass(frozen=True)
class BlockColumns:
    """The deciders of each column's value, and the deciders of the block's set of rows."""

    values: Mapping[str, Deciders]
    rows: Deciders

    def column(self, name: str) -> Deciders:
        """The deciders of a column's value."""
        return self.values.get(name, _NOTHING)

    @property
    def tables(self) -> set[str]:
        """The tables that supply the rows of the block."""
        return {one.table for one in self.rows if one.kind == ALL_ROWS and one.table is not None}

    def reads(self, expressions: Iterable[exp.Expr]) -> Deciders:
        """Return the deciders of all columns that ``expressions`` read."""
        return union(self.column(name) for one in expressions for name in column_names(one))


def as_kind(found: Iterable[ColumnDecider], kind: str) -> Deciders:
    """Turn the deciders of a value into deciders of ``kind``, such as ``filter``."""
    return frozenset(one._replace(kind=kind) if one.kind == "value" else one for one in found)


def union(found: Iterable[Deciders]) -> Deciders:
    """All deciders of several sets."""
    return frozenset(one for some in found for one in some)


class ColumnSources:
    """Finds the deciders of the blocks of one model."""

    def __init__(self, graph: ModelGraph) -> None:
        """Take the graph. It knows which joins neither add nor remove rows."""
        self._graph = graph
        self._memo: dict[int, BlockColumns] = {}

    def of(self, block: Block) -> BlockColumns:
        """The deciders of a block's columns and rows."""
        if id(block) not in self._memo:
            self._memo[id(block)] = self._compute(block)
        return self._memo[id(block)]

    def _compute(self, block: Block) -> BlockColumns:
        by_kind: dict[type[Block], Callable[..., BlockColumns]] = {
            TableScan: _scan,
            Select: self._select,
            Aggregate: self._aggregate,
            Window: self._window,
            UnionAll: self._union,
            SetOperation: self._set_operation,
            Opaque: self._opaque,
        }
        if type(block) not in by_kind:
            # a VALUES block reads no table
            return BlockColumns({}, _NOTHING)
        return by_kind[type(block)](block)

    def _union(self, block: UnionAll) -> BlockColumns:
        parts = [(part, self.of(part)) for part in block.parts]
        values = {
            name: union(known.column(part.columns[i]) for part, known in parts)
            for i, name in enumerate(block.columns)
        }
        return BlockColumns(values, union(known.rows for _, known in parts))

    def _set_operation(self, block: SetOperation) -> BlockColumns:
        left, right = self.of(block.left), self.of(block.right)
        pairs = zip(block.columns, block.left.columns, strict=True)
        compared = union([*left.values.values(), *right.values.values()])
        return BlockColumns(
            {name: left.column(source) for name, source in pairs},
            left.rows | right.rows | as_kind(compared, "filter"),
        )

    def _select(self, block: Select) -> BlockColumns:
        sides = {one.alias: self.of(one.block) for one in block.inputs}
        rows = union(as_kind(_read(sides, one), "filter") for one in block.where)
        by_input = {one.alias: _joined(sides, one) for one in block.inputs}
        optional = self._optional(block, by_input)
        used = _used_in_conditions(block) | (by_input.keys() - optional.keys())
        rows |= union(found for alias, found in by_input.items() if alias in used)
        rows |= union(self._subquery(block, sub.blocks) for sub in block.subqueries)
        values = {
            name: _read(sides, one) | union(optional[a] for a in _aliases(one) if a in optional)
            for name, one in block.outputs.items()
        }
        return BlockColumns(values, rows)

    def _optional(self, block: Select, by_input: Mapping[str, Deciders]) -> dict[str, Deciders]:
        """Return the deciders of each optional input, by alias.

        An optional input decides values, but it neither adds nor removes rows.
        """
        return {
            one.alias: by_input[one.alias]
            for one in block.inputs
            if one.scalar or self._graph.keeps_rows(one)
        }

    def _subquery(self, block: Select, blocks: Mapping[str, Block]) -> Deciders:
        """Return the deciders of a sub-query's rows, and of the columns that it reads."""
        expressions = [*block.where, *block.outputs.values()]
        names = {name for one in expressions for name in column_names(one)}
        found = _NOTHING
        for one in blocks.values():
            known = self.of(one)
            read = union(known.column(c) for c in one.columns if c in names)
            found |= known.rows | as_kind(read, "filter")
        return found

    def _aggregate(self, block: Aggregate) -> BlockColumns:
        source = self.of(block.source)
        keys = {key: source.column(key) for key in block.keys}
        grouped = as_kind(union(keys.values()), "group")
        values = {name: _function(source, one) for name, one in block.aggregates.items()}
        return BlockColumns(keys | values, source.rows | grouped)

    def _window(self, block: Window) -> BlockColumns:
        source = self.of(block.source)
        values = {name: source.column(name) for name in block.source.columns}
        for name, window in block.windows.items():
            order = window.args.get("order")
            values[name] = (
                _function(source, window.this)
                | as_kind(source.reads(window.args.get("partition_by") or []), "group")
                | as_kind(source.reads([order] if order else []), "order")
            )
        return BlockColumns(values, source.rows)

    def _opaque(self, block: Opaque) -> BlockColumns:
        names = set(column_names(block.query))
        read = [(self.of(one), one) for one in block.blocks.values()]
        values = union(known.column(c) for known, one in read for c in one.columns if c in names)
        return BlockColumns(
            dict.fromkeys(block.columns, values),
            union(known.rows for known, _ in read) | as_kind(values, "filter"),
        )


def _scan(block: TableScan) -> BlockColumns:
    values = {c: frozenset([ColumnDecider("value", block.model, c)]) for c in block.columns}
    return BlockColumns(values, frozenset([ColumnDecider(ALL_ROWS, block.model, EVERY)]))


def _read(sides: Mapping[str, BlockColumns], expression: exp.Expr) -> Deciders:
    return union(
        sides[column.table].column(column.name)
        for column in expression.find_all(exp.Column)
        if column.table in sides
    )


def _joined(sides: Mapping[str, BlockColumns], one: JoinInput) -> Deciders:
    """Return the deciders of one join input's rows.

    They are the deciders of the rows that the input has, and the columns of the join condition.
    """
    on = as_kind(_read(sides, one.on), "join") if one.on is not None else _NOTHING
    return sides[one.alias].rows | on


def _aliases(expression: exp.Expr) -> set[str]:
    return {column.table for column in expression.find_all(exp.Column)}


def _used_in_conditions(block: Select) -> set[str]:
    """Return the inputs that WHERE or the join condition of another input uses, by alias."""
    used = {alias for one in block.where for alias in _aliases(one)}
    for one in block.inputs:
        used |= _aliases(one.on) - {one.alias} if one.on is not None else set()
    return used


def _function(source: BlockColumns, function: exp.Expr) -> Deciders:
    """The deciders of an aggregate or window function.

    They are the columns in its arguments, FILTER and ORDER BY. For ``count(*)``, they are the
    counted tables.
    """
    filters = _NOTHING
    while isinstance(function, exp.Filter):
        filters |= as_kind(source.reads([function.expression]), "filter")
        function = function.this
    if isinstance(function, exp.WithinGroup):
        return source.reads([function]) | filters
    if isinstance(function, exp.Count) and isinstance(function.this, exp.Star):
        counted = (ColumnDecider("value", table, EVERY) for table in source.tables)
        return frozenset(counted) | filters
    return _arguments(source, function) | filters


def _arguments(source: BlockColumns, function: exp.Expr) -> Deciders:
    order_keys = [key for one in function.find_all(exp.Order) for key in one.expressions]
    ordered = {id(column) for key in order_keys for column in key.find_all(exp.Column)}
    arguments = [c for c in function.find_all(exp.Column) if id(c) not in ordered]
    values = union(source.column(c.name) for c in arguments)
    return values | as_kind(source.reads(order_keys), "order")

"""Which source columns every published column comes from, and what part each has in it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from sqlglot import exp

from klynge.lineage.algebra import (
    Block,
    Compared,
    Generated,
    Group,
    Select,
    Stored,
    Together,
    Whole,
    Windowed,
)
from klynge.lineage.chain import Chain
from klynge.lineage.expressions import columns_of
from klynge.releases.compiled import CompiledModels

#: ``value``: it is computed from it. The others decide which rows there are, or in what order:
#: conditions, keys of joins, keys of groups, orders.
Kind = Literal["value", "filter", "join", "group", "order"]
#: Stands for the rows of a table where no column of it says how many there are.
EVERY = "*"

Sources = frozenset[tuple[str, str, Kind]]


@dataclass(frozen=True, order=True)
class ColumnSource:
    """One source column of one column of a model; the source is a raw or a reference table."""

    model: str
    column: str
    source_table: str
    source_column: str
    kind: Kind


def column_lineage(
    models: CompiledModels,
    columns: Mapping[str, Mapping[str, str]],
    of: Iterable[str] | None = None,
) -> Iterator[ColumnSource]:
    """The sources of every column of ``of`` (all core tables and marts), in order.

    ``columns`` are columns and types by ``schema.table``, of raw and reference tables at least.
    """
    known = {name: dict(types) for name, types in columns.items()}
    chain = Chain(models, known)
    for name in models:
        if name not in known:
            known[name] = dict.fromkeys(chain.body(name).columns, "unknown")
    lineage = _Lineage(chain)
    published = [n for n, m in models.items() if m.schema not in ("staging", "intermediate")]
    for model in published if of is None else of:
        for column in known[model]:
            for table, source, kind in sorted(lineage.column(chain.stored(model), column)):
                yield ColumnSource(model, column, table, source, kind)


@dataclass
class _Lineage:
    chain: Chain
    _values: dict[tuple[int, str], Sources] = field(default_factory=dict)
    _contexts: dict[int, Sources] = field(default_factory=dict)

    def column(self, block: Block, name: str) -> Sources:
        """Everything behind a column; the rows themselves where nothing else is."""
        found = self.value(block, name) | self.context(block)
        return found or frozenset((table, EVERY, "value") for table in self.rows(block))

    def value(self, block: Block, name: str) -> Sources:
        """What a column's values are computed from."""
        key = (id(block), name)
        if key not in self._values:
            self._values[key] = self._value(block, name)
        return self._values[key]

    def context(self, block: Block) -> Sources:
        """What decides which rows a block has."""
        if id(block) not in self._contexts:
            self._contexts[id(block)] = self._context(block)
        return self._contexts[id(block)]

    def rows(self, block: Block) -> set[str]:
        """The raw tables that a block has its rows from."""
        if isinstance(block, Stored):
            return (
                self.rows(self.chain.body(block.model)) if self._is_model(block) else {block.model}
            )
        sources = block.sources
        if isinstance(block, Select):
            sources = tuple(one.block for one in block.inputs if one.side != "left")
        if isinstance(block, Compared):
            sources = (block.left,)
        return {table for source in sources for table in self.rows(source)}

    def _is_model(self, block: Stored) -> bool:
        return block.model in self.chain.models

    def _value(self, block: Block, name: str) -> Sources:
        by_kind: dict[type[Block], Callable[..., Sources]] = {
            Stored: self._of_stored,
            Generated: lambda *_: frozenset(),
            Select: lambda one, column: self._of_select(one, one.outputs[column]),
            Group: self._of_group,
            Windowed: self._of_window,
            Together: self._of_parts,
            Compared: self._of_parts,
            Whole: self._of_whole,
        }
        return by_kind[type(block)](block, name)

    def _of_stored(self, block: Stored, name: str) -> Sources:
        if self._is_model(block):
            return self.value(self.chain.body(block.model), name)
        return frozenset({(block.model, name, "value")})

    def _of_group(self, block: Group, name: str) -> Sources:
        if name in block.keys:
            return self.value(block.source, name)
        read = list(columns_of(block.aggregates[name]))
        if not read:
            return frozenset((table, EVERY, "value") for table in self.rows(block))
        return _all(self.value(block.source, c) for c in read)

    def _of_parts(self, block: Together | Compared, name: str) -> Sources:
        parts = block.parts if isinstance(block, Together) else [block.left]
        place = block.columns.index(name)
        return _all(self.value(part, part.columns[place]) for part in parts)

    def _of_whole(self, block: Whole, _name: str) -> Sources:
        return _all(self.value(one, c) for one in block.sources for c in one.columns)

    def _of_select(self, block: Select, expression: exp.Expr) -> Sources:
        inputs = {one.alias: one.block for one in block.inputs}
        found = [
            self.value(inputs[one.table], one.name)
            for one in expression.find_all(exp.Column)
            if one.table in inputs and one.name in inputs[one.table].columns
        ]
        return _all(found) | _all(
            self.value(source, c)
            for sub in block.subqueries
            for name, source in sub.blocks.items()
            if any(table.name == name for table in expression.find_all(exp.Table))
            for c in source.columns
            if c in set(columns_of(expression))
        )

    def _of_window(self, block: Windowed, name: str) -> Sources:
        if name not in block.windows:
            return self.value(block.source, name)
        window = block.windows[name]
        read = list(columns_of(window.this))
        found = _all(self.value(block.source, c) for c in read)
        for part in window.args.get("partition_by") or []:
            found |= _as("group", _all(self.value(block.source, c) for c in columns_of(part)))
        if order := window.args.get("order"):
            found |= _as("order", _all(self.value(block.source, c) for c in columns_of(order)))
        if not read and not isinstance(window.this, exp.RowNumber | exp.Rank | exp.DenseRank):
            found |= frozenset((table, EVERY, "value") for table in self.rows(block.source))
        return found

    def _context(self, block: Block) -> Sources:
        if isinstance(block, Stored):
            return (
                self.context(self.chain.body(block.model)) if self._is_model(block) else frozenset()
            )
        found = _all(self.context(source) for source in block.sources)
        if isinstance(block, Select):
            for condition in block.where:
                found |= _as("filter", self._of_select(block, condition))
            for one in block.inputs:
                if one.on is not None:
                    found |= _as("join", self._of_select(block, one.on))
        elif isinstance(block, Group):
            found |= _as("group", _all(self.value(block.source, key) for key in block.keys))
        elif isinstance(block, Compared):
            found |= _as("filter", _all(self.value(block.right, c) for c in block.right.columns))
        return found


def _all(parts: Iterable[Sources]) -> Sources:
    return frozenset().union(*parts)


def _as(kind: Kind, sources: Sources) -> Sources:
    """Values that are put to another use; other uses stay what they are."""
    return frozenset((t, c, kind if k == "value" else k) for t, c, k in sources)

"""All models of a release as blocks, and what is known of their tables."""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

from sqlglot import exp

from klynge.lineage.models import CompiledModels
from klynge.lineage.relational.algebra import (
    Aggregate,
    Block,
    JoinInput,
    Opaque,
    Select,
    TableScan,
    Values,
    Window,
    walk,
)
from klynge.lineage.relational.expressions import column_names, conjuncts
from klynge.lineage.relational.parser import parsed

#: The column that identifies a raw row wherever it is.
ROW_KEY = "source_row_key"


@dataclass(frozen=True)
class ModelGraph:
    """The models of a release, their columns' types by ``schema.table``, and tables' sizes."""

    models: CompiledModels
    columns: Mapping[str, Mapping[str, str]]
    sizes: Mapping[str, int] = field(default_factory=dict)
    _bodies: dict[str, Block] = field(default_factory=dict, init=False, repr=False)
    _stored: dict[str, TableScan] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def places(self) -> dict[str, int]:
        """Each model's place in an order in which it comes after all that it reads."""
        return {name: place for place, name in enumerate(self.models)}

    def body(self, model: str) -> Block:
        """What the model's SQL says, views among its sources opened."""
        if model not in self._bodies:
            with gc_paused():
                self._bodies[model] = parsed(model, self.models[model].sql, self.columns, self.read)
        return self._bodies[model]

    def read(self, table: str) -> Block:
        """What a model that reads ``table`` reads."""
        return self.stored(table) if self.is_stored(table) else self.body(table)

    def is_stored(self, table: str) -> bool:
        """Whether the release holds the table's rows: every table that is no view."""
        return table not in self.models or self.models[table].materialized != "view"

    def stored(self, table: str) -> TableScan:
        """The block of a table that the release holds."""
        if table not in self._stored:
            self._stored[table] = TableScan(table, tuple(self.columns[table]))
        return self._stored[table]

    def keys(self, table: str) -> list[tuple[str, ...]]:
        """Sets of columns that no two rows of a stored table share."""
        if table in self.models:
            grain = self.models[table].grain
            return [grain] if grain else []
        columns = self.columns[table]
        if ROW_KEY in columns:
            return [(ROW_KEY,)]
        declared = [m.grain for m in self.models.values() if m.reads == {table} and m.grain]
        return [grain for grain in declared if set(grain) <= set(columns)]

    def is_empty_on_empty_inputs(self, model: str) -> bool:
        """Whether a model has no rows where all that it reads is empty."""
        return not any(
            isinstance(b, Values | Opaque)
            or (isinstance(b, Aggregate) and not b.keys)
            or (isinstance(b, Select) and not b.inputs)
            for b in walk(self.body(model))
        )

    def below(self, model: str) -> list[str]:
        """The models that a model rests on, itself among them, in order."""
        return [one.name for one in self.models.build_plan((), [model])]

    def weight(self, block: Block) -> int:
        """The rows of all stored tables that a block reads."""
        return sum(self.sizes.get(b.model, 0) for b in walk(block) if isinstance(b, TableScan))

    def is_unique(self, block: Block, columns: frozenset[str]) -> bool:
        """Whether no two rows of a block share ``columns``, as far as can be told."""
        if isinstance(block, TableScan):
            return any(columns >= set(key) for key in self.keys(block.model))
        if isinstance(block, Aggregate):
            return columns >= set(block.keys)
        if isinstance(block, Window):
            return self.is_unique(block.source, columns)
        if isinstance(block, Select) and not block.subqueries:
            first, *others = block.inputs
            outputs = [block.outputs[name] for name in columns if name in block.outputs]
            own = frozenset(
                one.name
                for one in outputs
                if isinstance(one, exp.Column) and one.table == first.alias
            )
            return self.is_unique(first.block, own) and all(
                other.side == "left" and self.is_unique(other.block, matched(other.on, other.alias))
                for other in others
            )
        return False

    def inputs(self, block: Select, outputs: Mapping[str, exp.Expr]) -> list[JoinInput]:
        """Its inputs without left joins that neither add rows nor anything that is needed."""
        kept = list(block.inputs)
        for one in reversed(block.inputs):
            others = [*outputs.values(), *block.where]
            others += [other.on for other in kept if other is not one and other.on is not None]
            if (
                one.side == "left"
                and not any(next(column_names(e, one.alias), None) is not None for e in others)
                and self.is_unique(one.block, matched(one.on, one.alias))
            ):
                kept.remove(one)
        return kept


@contextmanager
def gc_paused() -> Iterator[None]:
    """Let no garbage be collected within.

    Syntax trees are many objects and stay: to search them again and again is a third of reading.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def equalities(condition: exp.Expr | None) -> list[tuple[exp.Column, exp.Column]]:
    """The pairs of columns that a condition sets equal."""
    return [
        (one.left, one.right)
        for one in conjuncts(condition)
        if isinstance(one, exp.EQ | exp.NullSafeEQ)
        and isinstance(one.left, exp.Column)
        and isinstance(one.right, exp.Column)
        and one.left.table != one.right.table
    ]


def matched(on: exp.Expr | None, alias: str) -> frozenset[str]:
    """The columns of one side that a join's condition sets equal to columns of the others."""
    pairs = equalities(on)
    return frozenset(side.name for pair in pairs for side in pair if side.table == alias)

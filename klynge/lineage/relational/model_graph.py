"""The models of a release as blocks. The graph also knows the keys and row counts of tables."""

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
from klynge.lineage.relational.expressions import column_names, join_columns
from klynge.lineage.relational.parser import parse_model

#: This column identifies a source row in every table that has the column.
ROW_KEY = "source_row_key"


@dataclass(frozen=True)
class ModelGraph:
    """The models of a release. ``columns`` and ``sizes`` (row counts) map each ``schema.table``."""

    models: CompiledModels
    columns: Mapping[str, Mapping[str, str]]
    sizes: Mapping[str, int] = field(default_factory=dict)
    _blocks: dict[str, Block] = field(default_factory=dict, init=False, repr=False)
    _scans: dict[str, TableScan] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def positions(self) -> dict[str, int]:
        """Map each model to its place in build order. A model follows the models that it reads."""
        return {name: place for place, name in enumerate(self.models)}

    def block_of(self, model: str) -> Block:
        """Return the block of a model's SQL, which includes the blocks of views that it reads."""
        if model not in self._blocks:
            sql = self.models[model].sql
            with gc_paused():
                self._blocks[model] = parse_model(model, sql, self.columns, self.source_of)
        return self._blocks[model]

    def source_of(self, table: str) -> Block:
        """Return a scan of a stored table, or the block of a view."""
        return self.scan_of(table) if self.is_stored(table) else self.block_of(table)

    def is_stored(self, table: str) -> bool:
        """Whether the release stores the rows of a table. It does so unless the table is a view."""
        return table not in self.models or self.models[table].materialized != "view"

    def scan_of(self, table: str) -> TableScan:
        """The scan of a stored table."""
        if table not in self._scans:
            self._scans[table] = TableScan(table, tuple(self.columns[table]))
        return self._scans[table]

    def keys(self, table: str) -> list[tuple[str, ...]]:
        """Return the sets of columns that are unique in a stored table."""
        if table in self.models:
            grain = self.models[table].grain
            return [grain] if grain else []
        columns = self.columns[table]
        if ROW_KEY in columns:
            return [(ROW_KEY,)]
        declared = [m.grain for m in self.models.values() if m.reads == {table}]
        return [grain for grain in declared if grain and set(grain) <= set(columns)]

    def is_empty_on_empty_inputs(self, model: str) -> bool:
        """Whether a model has no rows if every table it reads is empty."""
        return not any(_has_rows_of_its_own(block) for block in walk(self.block_of(model)))

    def upstream(self, model: str) -> list[str]:
        """Return the models on which a model depends, and the model itself, in build order."""
        return [one.name for one in self.models.build_plan((), [model])]

    def scanned_rows(self, block: Block) -> int:
        """Count the rows in all stored tables that a block reads."""
        return sum(self.sizes.get(b.model, 0) for b in walk(block) if isinstance(b, TableScan))

    def is_unique(self, block: Block, columns: frozenset[str]) -> bool:
        """Whether ``columns`` are unique in a block; False if that is not certain."""
        match block:
            case TableScan():
                return any(columns >= set(key) for key in self.keys(block.model))
            case Aggregate():
                return columns >= set(block.keys)
            case Window():
                return self.is_unique(block.source, columns)
            case Select() if not block.subqueries:
                return self._is_unique_in_select(block, columns)
        return False

    def needed_inputs(self, block: Select, outputs: Mapping[str, exp.Expr]) -> list[JoinInput]:
        """Return the inputs of a select without those that cannot affect ``outputs``.

        A left join on a unique key neither adds nor removes rows. The right side is left out if
        none of ``outputs``, no condition of the select and no other join uses a column of this
        side.
        """
        needed = list(block.inputs)
        for one in reversed(block.inputs):
            others = [*outputs.values(), *block.where]
            others += [other.on for other in needed if other is not one and other.on is not None]
            is_used = any(next(column_names(e, one.alias), None) is not None for e in others)
            if not is_used and self.keeps_rows(one):
                needed.remove(one)
        return needed

    def keeps_rows(self, one: JoinInput) -> bool:
        """Whether an input is joined without adding or removing rows: by LEFT JOIN on a key."""
        return one.side == "left" and self.is_unique(one.block, join_columns(one.on, one.alias))

    def _is_unique_in_select(self, block: Select, columns: frozenset[str]) -> bool:
        """Whether ``columns`` are unique in a select.

        They are unique if two conditions hold. First, they are unique in the first input. Second,
        no other input adds or removes rows.
        """
        first, *others = block.inputs
        outputs = [block.outputs[name] for name in columns if name in block.outputs]
        own = frozenset(
            one.name for one in outputs if isinstance(one, exp.Column) and one.table == first.alias
        )
        return self.is_unique(first.block, own) and all(map(self.keeps_rows, others))


@contextmanager
def gc_paused() -> Iterator[None]:
    """Pause garbage collection.

    Syntax trees consist of many long-lived objects. If the collector scans these objects again and
    again, it takes a third of the parsing time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _has_rows_of_its_own(block: Block) -> bool:
    match block:
        case Values() | Opaque():
            return True
        case Aggregate():
            return not block.keys
        case Select():
            return not block.inputs
    return False

"""Which raw rows could change a figure if they were not there, said by conditions alone.

The conditions that a figure's key sets are pushed down to the raw tables through every model. What
they leave out has no part in the figure, present or absent. Where something decides by what is
not there (an anti-join, HAVING, a rank, a key that a join fills in), the admitted rows behind it
were considered, though they are no part of the support.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from klynge.lineage.relational.algebra import (
    Aggregate,
    Block,
    Opaque,
    Select,
    SetOperation,
    TableScan,
    UnionAll,
    Values,
    Window,
)
from klynge.lineage.relational.expressions import column_names, said
from klynge.lineage.relational.model_graph import ModelGraph
from klynge.lineage.rows.pushdown import (
    Filters,
    may_match,
    preserved_inputs,
    push_into_aggregate,
    push_into_branch,
    push_into_select,
    push_into_window,
    quoted,
)
from klynge.lineage.rows.temp_tables import TempTables


@dataclass(frozen=True, order=True)
class Decider:
    """What decides by absence: its kind, where it stands and how it is written."""

    kind: str
    model: str
    clause: str


@dataclass(frozen=True)
class AdmittedRows:
    """Rows of a raw table that the figure's key admits; ``decider`` None where nothing decides."""

    table: str
    condition: str
    decider: Decider | None


@dataclass(frozen=True)
class _Ask:
    """What is asked of a block: columns, those that decide with the clause, filters, and why."""

    needed: frozenset[str]
    deciding: Mapping[str, str]
    filters: Filters
    why: Decider | None


@dataclass
class AbsenceAnalysis:
    """Pushes conditions through the models."""

    scratch: TempTables
    chain: ModelGraph
    _found: set[AdmittedRows] = field(default_factory=set)
    _seen: set[tuple[object, ...]] = field(default_factory=set)

    def admitted(self, model: str, filters: Filters, needed: frozenset[str]) -> set[AdmittedRows]:
        """Conditions on raw tables that follow from filters on a model's columns."""
        self._found, self._seen = set(), set()
        self._push(self.chain.stored(model), needed, {}, filters, None)
        return self._found

    def _push(
        self,
        block: Block,
        needed: frozenset[str],
        deciding: Mapping[str, str],
        filters: Filters,
        why: Decider | None,
    ) -> None:
        key = (id(block), needed, frozenset(deciding.items()), filters, why)
        if key in self._seen:
            return
        self._seen.add(key)
        by_kind: dict[type[Block], Callable[..., None]] = {
            TableScan: self._stored,
            Values: self._generated,
            Select: self._select,
            Aggregate: self._group,
            Window: self._window,
            UnionAll: self._union,
            SetOperation: self._comparison,
            Opaque: self._whole,
        }
        by_kind[type(block)](block, _Ask(needed, deciding, filters, why))

    def _generated(self, block: Values, ask: "_Ask") -> None:
        """Rows that rest on no table."""

    def _union(self, block: UnionAll, ask: "_Ask") -> None:
        for part in block.parts:
            names = dict(zip(block.columns, part.columns, strict=True))
            mapped = push_into_branch(block, part, ask.filters)
            if may_match(part, mapped, self.scratch.number):
                needed = frozenset(names[c] for c in ask.needed)
                inner = {names[c]: text for c, text in ask.deciding.items()}
                self._push(part, needed, inner, mapped, ask.why)

    def _comparison(self, block: SetOperation, ask: "_Ask") -> None:
        decides = ask.why or Decider(block.keyword, block.model, block.keyword)
        for side, why in ((block.left, ask.why), (block.right, decides)):
            mapped = push_into_branch(block, side, ask.filters)
            every = dict.fromkeys(side.columns, block.keyword)
            self._push(side, frozenset(side.columns), every, mapped, why)

    def _whole(self, block: Opaque, ask: "_Ask") -> None:
        decides = ask.why or Decider("whole", block.model, block.reason)
        for source in block.sources:
            self._push(source, frozenset(source.columns), {}, (), decides)

    def _stored(self, block: TableScan, ask: "_Ask") -> None:
        needed, deciding, filters, why = ask.needed, ask.deciding, ask.filters, ask.why
        table = block.model
        if table in self.chain.models:
            asked = needed | set(self.chain.models[table].grain) or frozenset(block.columns)
            self._push(self.chain.body(table), asked, deciding, filters, why)
            return
        names = {c: quoted(c) for c in block.columns}
        conditions = sorted({said for one in filters for said in one.conditions(names)})
        self._found.add(AdmittedRows(table, " and ".join(conditions) or "true", why))

    def _select(self, block: Select, ask: "_Ask") -> None:
        needed, deciding, filters, why = ask.needed, ask.deciding, ask.filters, ask.why
        outputs = {name: one for name, one in block.outputs.items() if name in needed}
        inputs = self.chain.inputs(block, outputs)
        pushed, kept = push_into_select(block, inputs, filters), preserved_inputs(inputs)
        texts = [(one, f"{block.clause} {said(one)}") for one in block.where]
        texts += [(one.on, f"join on {said(one.on)}") for one in inputs if one.on is not None]
        for one in inputs:
            # a sub-query left whole may have the alias within, for something else
            own = set(one.block.columns)
            used = {c for e in outputs.values() for c in column_names(e, one.alias)} & own
            decides = {
                c: deciding[name]
                for name, e in outputs.items()
                if name in deciding
                for c in own.intersection(column_names(e, one.alias))
            }
            other = dict(decides)
            for expression, text in texts:
                for name in own.intersection(column_names(expression, one.alias)):
                    decides.setdefault(name, text)
                    if expression is not one.on:
                        other.setdefault(name, text)
            inner = why
            if one.alias not in kept and other and why is None:
                inner = Decider(f"{one.side} join", block.model, next(iter(other.values())))
            self._push(one.block, frozenset(used | set(decides)), decides, pushed[one.alias], inner)
        for sub in block.subqueries:
            decides_by = why or Decider(sub.kind, block.model, sub.clause)
            for source in sub.blocks.values():
                self._push(source, frozenset(source.columns), {}, (), decides_by)

    def _group(self, block: Aggregate, ask: "_Ask") -> None:
        needed, deciding, filters, why = ask.needed, ask.deciding, ask.filters, ask.why
        decides = {key: deciding.get(key, f"group by {key}") for key in block.keys}
        used = set(block.keys)
        for name, one in block.aggregates.items():
            if name in needed:
                used |= set(column_names(one))
                if name in deciding:
                    decides |= dict.fromkeys(column_names(one), deciding[name])
                    why = why or Decider("group", block.model, deciding[name])
        self._push(block.source, frozenset(used), decides, push_into_aggregate(block, filters), why)

    def _window(self, block: Window, ask: "_Ask") -> None:
        needed, deciding, filters, why = ask.needed, ask.deciding, ask.filters, ask.why
        own = set(block.source.columns)
        used = own & needed
        decides = {c: text for c, text in deciding.items() if c in own}
        for name, window in block.windows.items():
            if name in needed:
                used |= set(column_names(window))
                parts = [*(window.args.get("partition_by") or [])]
                parts += [order] if (order := window.args.get("order")) else []
                for part in parts:
                    decides |= {c: deciding.get(name, said(window)) for c in column_names(part)}
                if name in deciding:
                    why = why or Decider("window", block.model, deciding[name])
        pushed = push_into_window(block, needed, filters)
        self._push(block.source, frozenset(used), decides, pushed, why)

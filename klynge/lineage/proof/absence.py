"""Decisions by absence: find clauses whose result depends on rows that are missing or do not match.

Example: ``not exists (select … from raw.blocked where blocked.company = visits.company)`` keeps a
visit because no row of ``raw.blocked`` matches. No row of ``raw.blocked`` supports the figure, but
if the table had another row, the figure could be different.

The key of a figure is pushed down through every model, and so becomes conditions on source tables.
A source row that does not satisfy the conditions cannot affect the figure. Some clauses decide by
absence: NOT EXISTS, HAVING, a rank, or an outer join that fills a column with nulls. If such a
clause reads a row that satisfies the conditions, the trace calls the row considered, even if the
row does not support the figure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

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
from klynge.lineage.relational.expressions import (
    column_names,
    condition_text,
    quote_identifier,
)
from klynge.lineage.relational.model_graph import ModelGraph
from klynge.lineage.rows.pushdown import (
    may_match,
    preserved_inputs,
    push_into_aggregate,
    push_into_branch,
    push_into_select,
    push_into_window,
)
from klynge.lineage.rows.temp_tables import TempTables
from klynge.lineage.rows.value_sets import Filters

#: Maps a column to the text of the clause that uses its values, such as ``where active``.
_Deciding = dict[str, str]


@dataclass(frozen=True, order=True)
class Decider:
    """A clause that decides by absence. It has a kind, a model and a text."""

    kind: str
    model: str
    clause: str


@dataclass(frozen=True)
class AdmittedRows:
    """Source rows that the figure's key selects.

    ``decider`` is a clause that reads these rows and decides by absence. It is None if no clause
    does so.
    """

    table: str
    condition: str
    decider: Decider | None


@dataclass(frozen=True)
class _Request:
    """A request to push filters into a block.

    The way from the figure down to this block can have clauses that decide by absence.
    ``decider`` is the first of these clauses, or None if there is none.
    """

    needed: frozenset[str]
    deciding: Mapping[str, str]
    filters: Filters
    decider: Decider | None

    def at(self, block: Block) -> tuple[object, ...]:
        return id(block), self.needed, frozenset(self.deciding.items()), self.filters, self.decider


@dataclass
class AbsenceAnalysis:
    """Pushes the conditions from a figure's key down through the models."""

    temp: TempTables
    graph: ModelGraph
    _found: set[AdmittedRows] = field(default_factory=set)
    _seen: set[tuple[object, ...]] = field(default_factory=set)

    def admitted(self, model: str, filters: Filters, needed: frozenset[str]) -> set[AdmittedRows]:
        """Find the source rows that ``filters`` on a model's columns select.

        Each result has a condition on a source table. ``needed`` are the columns of the model whose
        values are asked for.
        """
        self._found, self._seen = set(), set()
        self._push(self.graph.scan_of(model), _Request(needed, {}, filters, None))
        return self._found

    def _push(self, block: Block, request: _Request) -> None:
        if request.at(block) in self._seen:
            return
        self._seen.add(request.at(block))
        match block:
            case TableScan():
                self._scan(block, request)
            case Select():
                self._select(block, request)
            case Aggregate():
                self._aggregate(block, request)
            case Window():
                self._window(block, request)
            case UnionAll():
                self._union(block, request)
            case SetOperation():
                self._set_operation(block, request)
            case Opaque():
                self._opaque(block, request)

    def _scan(self, block: TableScan, request: _Request) -> None:
        table = block.model
        if table in self.graph.models:
            grain = self.graph.models[table].grain
            needed = request.needed | set(grain) or frozenset(block.columns)
            own = _Request(needed, request.deciding, request.filters, request.decider)
            self._push(self.graph.block_of(table), own)
            return
        names = {c: quote_identifier(c) for c in block.columns}
        conditions = {text for one in request.filters for text in one.conditions(names)}
        condition = " and ".join(sorted(conditions)) or "true"
        self._found.add(AdmittedRows(table, condition, request.decider))

    def _union(self, block: UnionAll, request: _Request) -> None:
        for part in block.parts:
            names = dict(zip(block.columns, part.columns, strict=True))
            filters = push_into_branch(block, part, request.filters)
            if may_match(part, filters, self.temp.number):
                needed = frozenset(names[c] for c in request.needed)
                deciding = {names[c]: text for c, text in request.deciding.items()}
                self._push(part, _Request(needed, deciding, filters, request.decider))

    def _set_operation(self, block: SetOperation, request: _Request) -> None:
        decider = request.decider or Decider(block.keyword, block.model, block.keyword)
        for side, why in ((block.left, request.decider), (block.right, decider)):
            filters = push_into_branch(block, side, request.filters)
            every = dict.fromkeys(side.columns, block.keyword)
            self._push(side, _Request(frozenset(side.columns), every, filters, why))

    def _opaque(self, block: Opaque, request: _Request) -> None:
        decider = request.decider or Decider("whole", block.model, block.reason)
        for source in block.sources:
            self._push(source, _Request(frozenset(source.columns), {}, (), decider))

    def _select(self, block: Select, request: _Request) -> None:
        outputs = {name: one for name, one in block.outputs.items() if name in request.needed}
        inputs = self.graph.needed_inputs(block, outputs)
        pushed = push_into_select(block, inputs, request.filters)
        preserved = preserved_inputs(inputs)
        for one in inputs:
            deciding = _deciding_outputs(one, outputs, request.deciding)
            by_filters = _deciding_conditions(one, block, inputs, deciding)
            is_filled_in = one.alias not in preserved and request.decider is None
            decider = request.decider
            if is_filled_in and by_filters.elsewhere:
                clause = next(iter(by_filters.elsewhere.values()))
                decider = Decider(f"{one.side} join", block.model, clause)
            used = _columns_of_input(one, outputs) | set(by_filters.every)
            filters = pushed[one.alias]
            self._push(one.block, _Request(used, by_filters.every, filters, decider))
        for sub in block.subqueries:
            decider = request.decider or Decider(sub.kind, block.model, sub.clause)
            for source in sub.blocks.values():
                self._push(source, _Request(frozenset(source.columns), {}, (), decider))

    def _aggregate(self, block: Aggregate, request: _Request) -> None:
        deciding = {key: request.deciding.get(key, f"group by {key}") for key in block.keys}
        used, decider = set(block.keys), request.decider
        for name in (n for n in block.aggregates if n in request.needed):
            names = list(column_names(block.aggregates[name]))
            used.update(names)
            if name in request.deciding:
                deciding |= dict.fromkeys(names, request.deciding[name])
        decided = [n for n in block.aggregates if n in request.needed & request.deciding.keys()]
        if decided:
            decider = decider or Decider("group", block.model, request.deciding[decided[0]])
        filters = push_into_aggregate(block, request.filters)
        self._push(block.source, _Request(frozenset(used), deciding, filters, decider))

    def _window(self, block: Window, request: _Request) -> None:
        own = set(block.source.columns)
        used = own & request.needed
        deciding = {c: text for c, text in request.deciding.items() if c in own}
        decider = request.decider
        for name, window in block.windows.items():
            if name in request.needed:
                used |= set(column_names(window))
                for part in _partition_and_order(window):
                    text = condition_text(window)
                    deciding |= {c: request.deciding.get(name, text) for c in column_names(part)}
                if name in request.deciding:
                    decider = decider or Decider("window", block.model, request.deciding[name])
        filters = push_into_window(block, request.needed, request.filters)
        self._push(block.source, _Request(frozenset(used), deciding, filters, decider))


@dataclass(frozen=True)
class _Conditions:
    """The columns of a join input that decide something.

    ``every`` has the columns that any condition or deciding output uses. ``elsewhere`` leaves out
    the columns that only the input's own join condition uses.
    """

    every: _Deciding
    elsewhere: _Deciding


def _columns_of_input(one: JoinInput, outputs: Mapping[str, exp.Expr]) -> frozenset[str]:
    # a sub-query in an output may use the same alias for another table
    return frozenset(c for e in outputs.values() for c in column_names(e, one.alias)).intersection(
        one.block.columns
    )


def _deciding_outputs(
    one: JoinInput, outputs: Mapping[str, exp.Expr], deciding: Mapping[str, str]
) -> _Deciding:
    """Find the columns of an input from which deciding outputs of the select are computed."""
    own = set(one.block.columns)
    return {
        c: deciding[name]
        for name, e in outputs.items()
        if name in deciding
        for c in column_names(e, one.alias)
        if c in own
    }


def _deciding_conditions(
    one: JoinInput, block: Select, inputs: list[JoinInput], deciding: _Deciding
) -> _Conditions:
    """Find the columns of an input that ``deciding``, WHERE or a join condition uses."""
    texts = [(e, f"{block.clause} {condition_text(e)}") for e in block.where]
    texts += [(i.on, f"join on {condition_text(i.on)}") for i in inputs if i.on is not None]
    own, every, elsewhere = set(one.block.columns), dict(deciding), dict(deciding)
    for expression, text in texts:
        for name in (c for c in column_names(expression, one.alias) if c in own):
            every.setdefault(name, text)
            if expression is not one.on:
                elsewhere.setdefault(name, text)
    return _Conditions(every, elsewhere)


def _partition_and_order(window: exp.Window) -> list[exp.Expr]:
    order = window.args.get("order")
    return [*(window.args.get("partition_by") or []), *([order] if order else [])]

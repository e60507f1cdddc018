"""Which columns decide a column: those its value is computed from, and those that choose its rows.

Read off the SQL alone, over the same blocks that rows are traced through; so filters, joins,
``exists``, groups and orders are there as well as values, and ``count(*)`` has a source.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlglot import exp

from klynge.lineage.models import CompiledModels
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
from klynge.lineage.relational.model_graph import ModelGraph, matched

#: How a column decides another.
KINDS = ("value", "filter", "join", "group", "order")
#: Stands for the rows of a table where no column of it says how many there are.
EVERY = "*"
#: That the rows of a table are what they are; no kind of its own.
_ROWS = "rows"


class Decides(NamedTuple):
    """A source column, and how it decides.

    ``column`` is :data:`EVERY` where a table's rows are counted whatever they hold; both are None
    where no table has a part in it.
    """

    kind: str
    table: str | None
    column: str | None


Deciding = frozenset[Decides]
_NOTHING: Deciding = frozenset()
#: A value that rests on no table.
CONSTANT = Decides("value", None, None)


@dataclass(frozen=True)
class _Known:
    """Of a block or model: what decides each column's value, and which rows there are."""

    values: Mapping[str, Deciding]
    rows: Deciding

    def column(self, name: str) -> Deciding:
        return self.values.get(name, _NOTHING)

    @property
    def tables(self) -> set[str]:
        """The tables whose rows its own come from."""
        return {one.table for one in self.rows if one.kind == _ROWS and one.table is not None}


@dataclass(frozen=True, order=True)
class ColumnSource:
    """One source column of one column of a model; the source is a raw or a reference table."""

    model: str
    column: str
    source_table: str | None
    source_column: str | None
    kind: str


def column_lineage(
    models: CompiledModels, columns: Mapping[str, Mapping[str, str]]
) -> Iterator[ColumnSource]:
    """The sources of every column of core tables and marts, in order.

    ``columns`` are columns and types by ``schema.table``, of raw and reference tables at least.
    """
    lineage = ColumnLineage(models, columns)
    for name, model in models.items():
        if model.schema not in ("staging", "intermediate", "audit_steps"):
            for column, found in lineage.origins(name).items():
                for kind, table, source in sorted(found, key=str):
                    yield ColumnSource(name, column, table, source, kind)


class ColumnLineage:
    """The column lineage of a release's models, table by table."""

    def __init__(self, models: CompiledModels, columns: Mapping[str, Mapping[str, str]]) -> None:
        """Take the models and, by ``schema.table``, the columns and types of what they read."""
        known = dict(columns)
        self._models = models
        self._chain = _Steps(models, known)
        for name in models:
            if name not in known:
                known[name] = dict.fromkeys(self._chain.body(name).columns, "unknown")
        self._direct: dict[str, _Known] = {}
        self._origin: dict[str, _Known] = {}

    def direct(self, model: str) -> dict[str, Deciding]:
        """What decides each column of a model, among the columns that its own SQL reads."""
        return _told(self._directly(model))

    def origins(self, model: str) -> dict[str, Deciding]:
        """What decides each column of a model, among the columns of raw and reference tables."""
        return _told(self._originally(model))

    def _directly(self, model: str) -> _Known:
        if model not in self._direct:
            self._direct[model] = _Reading(self._chain).known(self._chain.body(model))
        return self._direct[model]

    def _originally(self, model: str) -> _Known:
        if model not in self._origin:
            direct = self._directly(model)
            self._origin[model] = _Known(
                {name: self._followed(found) for name, found in direct.values.items()},
                self._followed(direct.rows),
            )
        return self._origin[model]

    def _followed(self, found: Deciding) -> Deciding:
        """The same by raw and reference columns: each model's own lineage in its place."""
        made: set[Decides] = set()
        for one in found:
            if one.table is None or one.column is None or one.table not in self._models:
                made.add(one)
                continue
            below = self._originally(one.table)
            if one.kind == _ROWS:
                made |= below.rows
            elif one.column == EVERY:
                made |= {Decides(one.kind, table, EVERY) for table in below.tables}
            else:
                made |= _turned(below.column(one.column), one.kind)
        return frozenset(made)


@dataclass(frozen=True)
class _Steps(ModelGraph):
    """The chain with each model by itself: what it reads is a table to it."""

    def is_stored(self, table: str) -> bool:  # noqa: ARG002
        return True


class _Reading:
    """Reads the blocks of one model."""

    def __init__(self, chain: ModelGraph) -> None:
        self._chain = chain
        self._memo: dict[int, _Known] = {}

    def known(self, block: Block) -> _Known:
        if id(block) not in self._memo:
            self._memo[id(block)] = self._of(block)
        return self._memo[id(block)]

    def _of(self, block: Block) -> _Known:
        known = _Known({}, _NOTHING)
        match block:
            case TableScan():
                known = _stored(block)
            case Select():
                known = self._select(block)
            case Aggregate():
                known = self._group(block)
            case Window():
                known = self._window(block)
            case UnionAll():
                known = self._union(block)
            case SetOperation():
                known = self._comparison(block)
            case Opaque():
                known = self._whole(block)
        return known

    def _union(self, block: UnionAll) -> _Known:
        parts = [(part, self.known(part)) for part in block.parts]
        values = {
            name: _all(known.column(part.columns[i]) for part, known in parts)
            for i, name in enumerate(block.columns)
        }
        return _Known(values, _all(known.rows for _, known in parts))

    def _comparison(self, block: SetOperation) -> _Known:
        left, right = self.known(block.left), self.known(block.right)
        pairs = zip(block.columns, block.left.columns, strict=True)
        compared = _all([*left.values.values(), *right.values.values()])
        return _Known(
            {name: left.column(source) for name, source in pairs},
            left.rows | right.rows | _turned(compared, "filter"),
        )

    def _select(self, block: Select) -> _Known:
        sides = {one.alias: self.known(one.block) for one in block.inputs}

        def read(expression: exp.Expr) -> Deciding:
            return _all(
                sides[column.table].column(column.name)
                for column in expression.find_all(exp.Column)
                if column.table in sides
            )

        rows = _all(_turned(read(one), "filter") for one in block.where)
        by_side: dict[str, Deciding] = {}
        for one in block.inputs:
            on = _turned(read(one.on), "join") if one.on is not None else _NOTHING
            decides = sides[one.alias].rows | on
            if one.scalar or self._adds_no_rows(one):
                by_side[one.alias] = decides
            else:
                rows |= decides
        for sub in block.subqueries:
            rows |= self._subquery(block, sub.blocks)
        used = {alias for one in block.where for alias in _aliases(one)}
        for one in block.inputs:
            used |= _aliases(one.on) - {one.alias} if one.on is not None else set()
        rows |= _all(found for alias, found in by_side.items() if alias in used)
        values = {
            name: read(one) | _all(by_side[a] for a in _aliases(one) if a in by_side)
            for name, one in block.outputs.items()
        }
        return _Known(values, rows)

    def _adds_no_rows(self, one: JoinInput) -> bool:
        """Whether a join neither adds rows nor takes any away."""
        return one.side == "left" and self._chain.is_unique(one.block, matched(one.on, one.alias))

    def _subquery(self, block: Select, blocks: Mapping[str, Block]) -> Deciding:
        """What a sub-query of a filter reads, by the names it reads it by."""
        expressions = [*block.where, *block.outputs.values()]
        names = {name for one in expressions for name in column_names(one)}
        read = [(self.known(one), one) for one in blocks.values()]
        return _all(
            known.rows | _turned(_all(known.column(c) for c in one.columns if c in names), "filter")
            for known, one in read
        )

    def _group(self, block: Aggregate) -> _Known:
        source = self.known(block.source)
        keys = {key: source.column(key) for key in block.keys}
        grouped = _turned(_all(keys.values()), "group")
        values = {name: _aggregate(source, one) for name, one in block.aggregates.items()}
        return _Known(keys | values, source.rows | grouped)

    def _window(self, block: Window) -> _Known:
        source = self.known(block.source)
        values = {name: source.column(name) for name in block.source.columns}
        for name, window in block.windows.items():
            order = window.args.get("order")
            values[name] = (
                _aggregate(source, window.this)
                | _turned(_read(source, window.args.get("partition_by") or []), "group")
                | _turned(_read(source, [order] if order else []), "order")
            )
        return _Known(values, source.rows)

    def _whole(self, block: Opaque) -> _Known:
        names = set(column_names(block.query))
        read = [(self.known(one), one) for one in block.blocks.values()]
        values = _all(known.column(c) for known, one in read for c in one.columns if c in names)
        return _Known(
            dict.fromkeys(block.columns, values),
            _all(known.rows for known, _ in read) | _turned(values, "filter"),
        )


def _stored(block: TableScan) -> _Known:
    values = {name: frozenset([Decides("value", block.model, name)]) for name in block.columns}
    return _Known(values, frozenset([Decides(_ROWS, block.model, EVERY)]))


def _aggregate(source: _Known, function: exp.Expr) -> Deciding:
    """What decides an aggregate: its arguments, the condition of its FILTER, or the rows."""
    kept = _NOTHING
    while isinstance(function, exp.Filter):
        kept |= _turned(_read(source, [function.expression]), "filter")
        function = function.this
    if isinstance(function, exp.WithinGroup):
        return _read(source, [function]) | kept
    if isinstance(function, exp.Count) and isinstance(function.this, exp.Star):
        return frozenset(Decides("value", table, EVERY) for table in source.tables) | kept
    orders = list(function.find_all(exp.Order))
    ordered = {
        id(column)
        for one in orders
        for key in one.expressions
        for column in key.find_all(exp.Column)
    }
    plain = [c for c in function.find_all(exp.Column) if id(c) not in ordered]
    return (
        _all(source.column(c.name) for c in plain)
        | _turned(_read(source, [key for one in orders for key in one.expressions]), "order")
        | kept
    )


def _read(source: _Known, expressions: Iterable[exp.Expr]) -> Deciding:
    return _all(source.column(name) for one in expressions for name in column_names(one))


def _aliases(expression: exp.Expr) -> set[str]:
    return {column.table for column in expression.find_all(exp.Column)}


def _turned(found: Iterable[Decides], kind: str) -> Deciding:
    """What decided a value, where the value decides in another way."""
    return frozenset(one._replace(kind=kind) if one.kind == "value" else one for one in found)


def _all(found: Iterable[Deciding]) -> Deciding:
    return frozenset(one for some in found for one in some)


def _told(known: _Known) -> dict[str, Deciding]:
    """By column, all that decides it: of a constant, at least the rows that it stands in."""
    standing = frozenset(Decides("value", table, EVERY) for table in known.tables)
    told = {}
    for name, found in known.values.items():
        decides = frozenset(one for one in found | known.rows if one.kind != _ROWS)
        told[name] = decides or standing or frozenset([CONSTANT])
    return told

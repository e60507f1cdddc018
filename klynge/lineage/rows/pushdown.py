"""Which rows are asked for: sets of values that columns must have, pushed towards the sources."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sqlglot import exp

from klynge.lineage.relational.algebra import (
    Aggregate,
    Block,
    JoinInput,
    Select,
    SetOperation,
    UnionAll,
    Window,
)
from klynge.lineage.relational.expressions import DIALECT
from klynge.lineage.relational.model_graph import equalities
from klynge.lineage.rows.temp_tables import TempTables

#: So many different tuples are written into the SQL; more are joined.
FEW = 64


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True)
class ValueSet:
    """Distinct tuples of values, in a temporary table; without a scratch, unknown ones."""

    scratch: TempTables | None
    table: str
    #: column -> type, where they need not be looked up
    types: Mapping[str, str] | None = field(default=None, compare=False)

    def __hash__(self) -> int:
        return hash(self.table)

    @cached_property
    def columns(self) -> dict[str, str]:
        """Column -> type."""
        return dict(self.types or self._known.columns(self.table))

    @cached_property
    def size(self) -> int:
        return self._known.size(self.table)

    @cached_property
    def _with_nulls(self) -> set[str]:
        """The columns that are null somewhere."""
        if self.size <= FEW:
            return {name for name, values in self._few.items() if None in values}
        return {name for name, (count, *_) in self._stats.items() if count < self.size}

    @cached_property
    def _stats(self) -> dict[str, tuple[int, str | None, str | None]]:
        parts = ", ".join(
            f"count({c}), cast(min({c}) as varchar), cast(max({c}) as varchar)"
            for c in map(quoted, self.columns)
        )
        [found] = self._known.connection.execute(f"select {parts} from {self.table}").fetchall()
        return {name: found[3 * i : 3 * i + 3] for i, name in enumerate(self.columns)}

    @cached_property
    def _few(self) -> dict[str, list[str | None]]:
        parts = ", ".join(f"cast({c} as varchar)" for c in map(quoted, self.columns))
        rows = self._known.connection.execute(f"select {parts} from {self.table}").fetchall()
        return {
            name: sorted({row[i] for row in rows}, key=str) for i, name in enumerate(self.columns)
        }

    @property
    def _known(self) -> TempTables:
        if self.scratch is None:
            raise ValueError("the values are not known")
        return self.scratch

    def equals(self, column: str) -> str:
        """The operator by which a column is compared."""
        return "is not distinct from" if column in self._with_nulls else "="

    def condition(self, column: str, expression: str) -> str | None:
        """What an expression must fulfil to be among a column's values, if that is said shortly."""
        if self.columns[column] in ("DOUBLE", "FLOAT"):
            return None
        if self.size <= FEW:
            values = self._few[column]
        else:
            count, least, greatest = self._stats[column]
            if count == 0:
                values = [None]
            elif count == self.size and least == greatest:
                values = [least]
            else:
                return None
        known = [self._literal(v, column) for v in values if v is not None]
        if len(known) == 1:
            said = f"{expression} = {known[0]}"
        else:
            said = f"{expression} in ({', '.join(known)})" if known else "false"
        return f"({said} or {expression} is null)" if None in values else said

    def _literal(self, value: str, column: str) -> str:
        text = "'" + value.replace("'", "''") + "'"
        kind = self.columns[column]
        return text if kind == "VARCHAR" else f"cast({text} as {kind})"


@dataclass(frozen=True)
class KeyFilter:
    """That some of a block's columns are among wanted tuples; block's column -> wanted's."""

    wanted: ValueSet
    columns: tuple[tuple[str, str], ...]

    def renamed(self, names: Mapping[str, str]) -> "KeyFilter":
        """The filter on what its columns are called elsewhere; others are left out."""
        return KeyFilter(self.wanted, tuple((names[b], w) for b, w in self.columns if b in names))

    def conditions(self, expressions: Mapping[str, str]) -> list[str]:
        """Conditions on expressions for its columns, those that are said shortly."""
        found = (
            self.wanted.condition(w, expressions[b]) for b, w in self.columns if b in expressions
        )
        return [one for one in found if one is not None]

    def joined(self, relation: str, keys: Sequence[tuple[str, ...]]) -> str:
        """The relation without rows that are not wanted; ``keys`` are unique in it."""
        if self.wanted.size <= FEW or not self.columns:
            return relation
        columns = {b: w for b, w in self.columns if self.wanted.condition(w, "x") is None}
        key = next((k for k in keys if set(k) <= set(columns)), None)
        if key:
            columns = {b: columns[b] for b in key}
        exact = {
            b: w for b, w in columns.items() if self.wanted.columns[w] not in ("DOUBLE", "FLOAT")
        }
        if not exact:
            return relation
        on = " and ".join(
            f"x.{quoted(b)} {self.wanted.equals(w)} y.{quoted(w)}" for b, w in exact.items()
        )
        return f"(select x.* from {relation} as x semi join {self.wanted.table} as y on {on})"


Filters = tuple[KeyFilter, ...]


def useful(filters: Sequence[KeyFilter]) -> Filters:
    """Those that say anything."""
    return tuple(one for one in filters if one.columns)


def push_into_select(
    select: Select, inputs: Sequence[JoinInput], filters: Filters
) -> dict[str, Filters]:
    """The filters on each input that follow from filters on what a select gives.

    A side that a join may fill with nulls is filtered by what its own join sets equal only.
    """
    kept, reach = preserved_inputs(inputs), _reach(select, inputs)
    found: dict[str, list[KeyFilter]] = {one.alias: [] for one in inputs}
    for one in filters:
        known: dict[tuple[str, str], str] = {}
        for block_column, wanted_column in one.columns:
            output = select.outputs.get(block_column)
            if isinstance(output, exp.Column) and output.table in kept:
                known.setdefault((output.table, output.name), wanted_column)
        grown = True
        while grown:
            grown = False
            for start, end in reach:
                if start in known and end not in known:
                    known[end] = known[start]
                    grown = True
        for alias, mapped in found.items():
            pairs = tuple((name, w) for (table, name), w in known.items() if table == alias)
            mapped.append(KeyFilter(one.wanted, pairs))
    return {alias: useful(mapped) for alias, mapped in found.items()}


def push_into_window(block: Window, needed: frozenset[str], filters: Filters) -> Filters:
    """Filters on columns that all needed windows are partitioned by."""
    shared = set(block.source.columns)
    for name, window in block.windows.items():
        if name in needed:
            parts = window.args.get("partition_by") or []
            shared &= {part.name for part in parts if isinstance(part, exp.Column)}
    return useful([one.renamed({name: name for name in shared}) for one in filters])


def push_into_aggregate(block: Aggregate, filters: Filters) -> Filters:
    """Filters on keys."""
    return useful([one.renamed({key: key for key in block.keys}) for one in filters])


def push_into_branch(block: UnionAll | SetOperation, part: Block, filters: Filters) -> Filters:
    """Filters on the columns of one part of a union or a comparison."""
    names = dict(zip(block.columns, part.columns, strict=True))
    return useful([one.renamed(names) for one in filters])


def push_into_sources(block: Block, filters: Filters) -> list[tuple[Block, Filters]]:
    """A block's sources with what filters on it ask of each; all its columns needed."""
    if isinstance(block, Select):
        pushed = push_into_select(block, block.inputs, filters)
        found = [(one.block, pushed[one.alias]) for one in block.inputs]
        inner = [source for sub in block.subqueries for source in sub.blocks.values()]
        return found + [(source, ()) for source in inner]
    if isinstance(block, Aggregate):
        return [(block.source, push_into_aggregate(block, filters))]
    if isinstance(block, Window):
        return [(block.source, push_into_window(block, frozenset(block.columns), filters))]
    if isinstance(block, UnionAll | SetOperation):
        return [(part, push_into_branch(block, part, filters)) for part in block.sources]
    return [(source, ()) for source in block.sources]


def constant(block: Block, column: str) -> exp.Expr | None:
    """The literal that a column holds in every row of a block, if it does."""
    if isinstance(block, Select):
        output = block.outputs[column]
        bare = output.this if isinstance(output, exp.Cast) else output
        if isinstance(bare, exp.Literal | exp.Null):
            return output
        if isinstance(output, exp.Column):
            for source in block.inputs:
                if source.alias == output.table and source.side == "inner":
                    return constant(source.block, output.name)
    if isinstance(block, Aggregate) and column in block.keys:
        return constant(block.source, column)
    if isinstance(block, Window) and column in block.source.columns:
        return constant(block.source, column)
    return None


def may_match(block: Block, filters: Filters, asked: Callable[[str], int]) -> bool:
    """False if a column that is the same in all rows is not what is wanted."""
    for one in filters:
        fixed = {w: value for b, w in one.columns if (value := constant(block, b)) is not None}
        if fixed:
            conditions = " and ".join(
                f"{quoted(w)} is not distinct from {value.sql(DIALECT)}"
                for w, value in fixed.items()
            )
            if not asked(
                f"select count(*) from (from {one.wanted.table} where {conditions} limit 1)"
            ):
                return False
    return True


def preserved_inputs(inputs: Sequence[JoinInput]) -> set[str]:
    """The inputs whose rows no join fills with nulls."""
    kept: set[str] = set()
    for one in inputs:
        if one.side in ("right", "full"):
            kept.clear()
        if one.side in ("inner", "right"):
            kept.add(one.alias)
    return kept


def _reach(
    select: Select, inputs: Sequence[JoinInput]
) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    """From which column's values another's follow: (alias, column) pairs."""
    kept = preserved_inputs(inputs)
    found = []
    aliases = {one.alias for one in inputs}
    pairs: list[tuple[tuple[exp.Column, exp.Column], JoinInput | None]] = [
        (pair, None) for one in select.where for pair in equalities(one)
    ]
    for one in inputs:
        pairs += [(pair, one) for pair in equalities(one.on)]
    for (left, right), join in pairs:
        for start, end in ((left, right), (right, left)):
            if {start.table, end.table} - aliases:
                continue
            if join is None or join.side == "inner":
                sound = end.table in kept
            elif join.side == "left":
                sound = end.table == join.alias
            elif join.side == "right":
                sound = start.table == join.alias
            else:
                sound = False
            if sound:
                found.append(((start.table, start.name), (end.table, end.name)))
    return found

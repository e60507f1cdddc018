"""Predicate pushdown: filters on the output of a block become filters on its inputs.

A filter passes through a block if the block leaves the column unchanged. This is true of a plain
column of a select, a key of a group, a partition key of a window, and a column of a union. If two
inputs are joined on ``a.x = b.x``, a filter on either side also holds for the other side.
"""

from collections.abc import Callable, Sequence

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
from klynge.lineage.relational.expressions import DIALECT, equalities, quote_identifier
from klynge.lineage.rows.value_sets import Filters, KeyFilter

#: (alias of an input, column)
_Place = tuple[str, str]


def without_empty(filters: Sequence[KeyFilter]) -> Filters:
    """The filters that have at least one column."""
    return tuple(one for one in filters if one.columns)


def push_into_select(
    select: Select, inputs: Sequence[JoinInput], filters: Filters
) -> dict[str, Filters]:
    """Map each input, by alias, to the filters that follow from filters on the select's output.

    An outer join may fill the columns of an input with nulls. A filter passes to such an input only
    through equalities in the condition of this outer join.
    """
    preserved, implied = preserved_inputs(inputs), _implied_equalities(select, inputs)
    found: dict[str, list[KeyFilter]] = {one.alias: [] for one in inputs}
    for one in filters:
        known: dict[_Place, str] = {}
        for block_column, value_column in one.columns:
            output = select.outputs.get(block_column)
            if isinstance(output, exp.Column) and output.table in preserved:
                known.setdefault((output.table, output.name), value_column)
        _close(known, implied)
        for alias, pushed in found.items():
            pairs = tuple((name, v) for (table, name), v in known.items() if table == alias)
            pushed.append(KeyFilter(one.values, pairs))
    return {alias: without_empty(pushed) for alias, pushed in found.items()}


def push_into_window(block: Window, needed: frozenset[str], filters: Filters) -> Filters:
    """Return the filters on columns that are in PARTITION BY of every needed window function."""
    shared = set(block.source.columns)
    for window in (w for name, w in block.windows.items() if name in needed):
        parts = window.args.get("partition_by") or []
        shared &= {part.name for part in parts if isinstance(part, exp.Column)}
    return without_empty([one.renamed({name: name for name in shared}) for one in filters])


def push_into_aggregate(block: Aggregate, filters: Filters) -> Filters:
    """Return the filters on the keys of the groups, without other columns."""
    return without_empty([one.renamed({key: key for key in block.keys}) for one in filters])


def push_into_branch(block: UnionAll | SetOperation, branch: Block, filters: Filters) -> Filters:
    """Rename the filters for the columns of one branch of a union or a set operation."""
    names = dict(zip(block.columns, branch.columns, strict=True))
    return without_empty([one.renamed(names) for one in filters])


def push_into_sources(block: Block, filters: Filters) -> list[tuple[Block, Filters]]:
    """Return the sources of a block with their filters, if all columns of the block are needed."""
    match block:
        case Select():
            pushed = push_into_select(block, block.inputs, filters)
            found = [(one.block, pushed[one.alias]) for one in block.inputs]
            return found + [(source, ()) for source in block.subquery_blocks]
        case Aggregate():
            return [(block.source, push_into_aggregate(block, filters))]
        case Window():
            return [(block.source, push_into_window(block, frozenset(block.columns), filters))]
        case UnionAll() | SetOperation():
            return [(part, push_into_branch(block, part, filters)) for part in block.sources]
        case _:
            return [(source, ()) for source in block.sources]


def constant_value(block: Block, column: str) -> exp.Expr | None:
    """Return the literal that a column has in every row of a block; None if it has none."""
    match block:
        case Select():
            return _constant_output(block, block.outputs[column])
        case Aggregate() if column in block.keys:
            return constant_value(block.source, column)
        case Window() if column in block.source.columns:
            return constant_value(block.source, column)
    return None


def may_match(block: Block, filters: Filters, number: Callable[[str], int]) -> bool:
    """Whether rows of a block can pass the filters, judged by the block's constant columns alone.

    The result is False if a column has the same value in all rows and the filters exclude this
    value. ``number`` runs a query that returns one number.
    """
    for one in filters:
        values = {v: constant_value(block, b) for b, v in one.columns}
        conditions = " and ".join(
            f"{quote_identifier(v)} is not distinct from {value.sql(DIALECT)}"
            for v, value in values.items()
            if value is not None
        )
        query = f"select count(*) from (from {one.values.table} where {conditions} limit 1)"
        if conditions and not number(query):
            return False
    return True


def preserved_inputs(inputs: Sequence[JoinInput]) -> set[str]:
    """Return the inputs whose columns are never filled with nulls by an outer join."""
    preserved: set[str] = set()
    for one in inputs:
        if one.side in ("right", "full"):
            preserved.clear()
        if one.side in ("inner", "right"):
            preserved.add(one.alias)
    return preserved


def _constant_output(select: Select, output: exp.Expr) -> exp.Expr | None:
    bare = output.this if isinstance(output, exp.Cast) else output
    if isinstance(bare, exp.Literal | exp.Null):
        return output
    if isinstance(output, exp.Column):
        for source in select.inputs:
            if source.alias == output.table and source.side == "inner":
                return constant_value(source.block, output.name)
    return None


def _close(known: dict[_Place, str], implied: Sequence[tuple[_Place, _Place]]) -> None:
    """Add to ``known``, in place, every column that the implied equalities reach."""
    has_grown = True
    while has_grown:
        has_grown = False
        for start, end in implied:
            if start in known and end not in known:
                known[end] = known[start]
                has_grown = True


def _implied_equalities(select: Select, inputs: Sequence[JoinInput]) -> list[tuple[_Place, _Place]]:
    """Return pairs (start, end) of columns. A filter on ``start`` also holds for ``end``."""
    preserved = preserved_inputs(inputs)
    aliases = {one.alias for one in inputs}
    pairs: list[tuple[tuple[exp.Column, exp.Column], JoinInput | None]] = [
        (pair, None) for one in select.where for pair in equalities(one)
    ]
    pairs += [(pair, one) for one in inputs for pair in equalities(one.on)]
    return [
        ((start.table, start.name), (end.table, end.name))
        for (left, right), join in pairs
        for start, end in ((left, right), (right, left))
        if {start.table, end.table} <= aliases and _is_sound(start, end, join, preserved)
    ]


def _is_sound(
    start: exp.Column, end: exp.Column, join: JoinInput | None, preserved: set[str]
) -> bool:
    """Whether a filter may pass from the column ``start`` to the column ``end``.

    Through an outer join, a filter passes only to the side that may be filled with nulls.
    """
    if join is None or join.side == "inner":
        return end.table in preserved
    if join.side == "left":
        return end.table == join.alias
    return join.side == "right" and start.table == join.alias

"""Rows that hang together by key alone: where following each row would cost too much.

A model that draws numbers by the hundred thousand is not followed draw by draw. Its rows rest on
all rows of the tables it reads that have the keys it hands on unchanged.
"""

from klynge.lineage.relational.algebra import Block, TableScan, Values, walk
from klynge.lineage.relational.expressions import DIALECT
from klynge.lineage.rows.pushdown import Filters, KeyFilter, ValueSet, push_into_sources, quoted
from klynge.lineage.rows.restriction import stored_name
from klynge.lineage.rows.temp_tables import TempTables

#: Pairs (column of a block, column of a stored table).
Columns = tuple[tuple[str, str], ...]
#: A source that makes more rows than this out of nothing is not followed row by row.
MANY = 1_000


def multiplies_rows(scratch: TempTables, root: Block) -> bool:
    """Whether a model multiplies its rows by a long series."""
    return any(
        scratch.number(f"select count(*) from {block.source.sql(DIALECT)}") > MANY
        for block in walk(root)
        if isinstance(block, Values) and block.source is not None
    )


def paths_to_tables(root: Block) -> list[tuple[TableScan, Columns]]:
    """Each way from a block down to a stored table, and the columns handed on unchanged on it."""
    found: set[tuple[TableScan, Columns]] = set()
    seen: set[tuple[Block, frozenset[tuple[str, str]]]] = set()
    every = KeyFilter(ValueSet(None, ""), tuple((c, c) for c in root.columns))
    waiting: list[tuple[Block, Filters]] = [(root, (every,))]
    while waiting:
        block, filters = waiting.pop()
        pairs = frozenset(pair for one in filters for pair in one.columns)
        if (block, pairs) in seen:
            continue
        seen.add((block, pairs))
        if isinstance(block, TableScan):
            by_column = {of: own for own, of in sorted(pairs)}
            found.add((block, tuple(sorted(by_column.items()))))
        waiting += push_into_sources(block, filters)
    return sorted(found, key=lambda one: (one[0].model, one[1]))


def join_on_shared_keys(model: str, leaf: TableScan, columns: Columns) -> str:
    """A join of a model's rows ``model`` with those of a table ``leaf``, by what it hands on."""
    on = " and ".join(
        f"model.{quoted(of)} is not distinct from leaf.{quoted(own)}" for of, own in columns
    )
    return (
        f"(select rowid as number, * from {stored_name(model)}) as model join "
        f"(select rowid as number, * from {stored_name(leaf.model)}) as leaf on {on or 'true'}"
    )

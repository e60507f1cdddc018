"""Lineage by keys alone, for models whose single rows would take too long to follow.

Example: a model draws 200,000 random weights for each application. The single draws are not
followed. Instead, each row of the model depends on every source row with the same keys. The keys
are the columns that the model selects unchanged.
"""

from klynge.lineage.relational.algebra import Block, TableScan, Values, walk
from klynge.lineage.relational.expressions import DIALECT, quote_identifier
from klynge.lineage.rows.pushdown import push_into_sources
from klynge.lineage.rows.temp_tables import TempTables, stored_name
from klynge.lineage.rows.value_sets import Filters, KeyFilter, ValueSet

#: Pairs (column of a block, column of a stored table).
ColumnPairs = tuple[tuple[str, str], ...]
#: If a model generates more rows than this, its rows are not followed one by one.
MANY = 1_000


def generates_many_rows(temp: TempTables, root: Block) -> bool:
    """Whether a model multiplies its rows by a long series such as ``range(200000)``."""
    return any(
        temp.number(f"select count(*) from {block.source.sql(DIALECT)}") > MANY
        for block in walk(root)
        if isinstance(block, Values) and block.source is not None
    )


def paths_to_tables(root: Block) -> list[tuple[TableScan, ColumnPairs]]:
    """Find the paths from a block down to stored tables.

    Each path is a pair. The pair has the scan of the table, and the columns that the path selects
    unchanged.
    """
    found: set[tuple[TableScan, ColumnPairs]] = set()
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


def join_by_keys(model: str, scan: TableScan, columns: ColumnPairs) -> str:
    """Write SQL that joins a model and a table on unchanged columns.

    In the SQL, the model is called ``model``, and the table is called ``leaf``.
    """
    on = " and ".join(
        f"model.{quote_identifier(of)} is not distinct from leaf.{quote_identifier(own)}"
        for of, own in columns
    )
    return (
        f"(select rowid as number, * from {stored_name(model)}) as model join "
        f"(select rowid as number, * from {stored_name(scan.model)}) as leaf on {on or 'true'}"
    )

"""The rows of raw and reference tables: what identifies each, and sets of them."""

from klynge.lineage.relational.model_graph import ROW_KEY, ModelGraph
from klynge.lineage.result import RowSet
from klynge.lineage.rows.pushdown import quoted
from klynge.lineage.rows.restriction import stored_name
from klynge.lineage.rows.temp_tables import TempTables


def row_key(chain: ModelGraph, table: str) -> str:
    """SQL for the key of a row: its ``source_row_key``, or the table's name and its own key.

    A row that has neither is known by the hash of all its values.
    """
    if ROW_KEY in chain.columns[table]:
        return quoted(ROW_KEY)
    keys = chain.keys(table)
    if keys:
        parts = ", ".join(f"cast({quoted(c)} as varchar)" for c in keys[0])
        return f"'{table}#' || concat_ws('#', {parts})"
    columns = ", ".join(f"cast({quoted(c)} as varchar)" for c in chain.columns[table])
    return f"'{table}#' || md5(cast(row({columns}) as varchar))"


def part(
    scratch: TempTables, chain: ModelGraph, table: str, rows: str, condition: str | None = None
) -> RowSet:
    """A set of rows of a stored table; ``rows`` is SQL for their conditions or row numbers."""
    key = row_key(chain, table)
    [(number, mixed)] = scratch.connection.execute(
        f"select count(*), coalesce(bit_xor(md5_number({key})), 0) "
        f"from {stored_name(table)} where {rows}"
    ).fetchall()
    return RowSet(table, int(number), f"{int(mixed) % 2**128:032x}", condition)

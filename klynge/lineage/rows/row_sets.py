"""Write SQL for the keys of source rows, and describe sets of rows by their number and hash."""

from klynge.lineage.relational.expressions import quote_identifier
from klynge.lineage.relational.model_graph import ROW_KEY, ModelGraph
from klynge.lineage.result import RowSet
from klynge.lineage.rows.temp_tables import TempTables, stored_name


def row_key(graph: ModelGraph, table: str) -> str:
    """Write SQL for the key of a source row.

    If the table has a column ``source_row_key``, this column is the key. Otherwise the key has the
    name of the table and the values of its unique columns, such as ``reference.areas#robotics``. If
    the table has no unique columns, the key has the MD5 hash of all values instead.
    """
    if ROW_KEY in graph.columns[table]:
        return quote_identifier(ROW_KEY)
    keys = graph.keys(table)
    if keys:
        parts = ", ".join(f"cast({quote_identifier(c)} as varchar)" for c in keys[0])
        return f"'{table}#' || concat_ws('#', {parts})"
    columns = ", ".join(f"cast({quote_identifier(c)} as varchar)" for c in graph.columns[table])
    return f"'{table}#' || md5(cast(row({columns}) as varchar))"


def row_set(
    temp: TempTables, graph: ModelGraph, table: str, rows: str, condition: str | None = None
) -> RowSet:
    """Describe the rows of a stored table that the SQL condition ``rows`` selects."""
    key = row_key(graph, table)
    [(number, mixed)] = temp.connection.execute(
        f"select count(*), coalesce(bit_xor(md5_number({key})), 0) "
        f"from {stored_name(table)} where {rows}"
    ).fetchall()
    return RowSet(table, int(number), f"{int(mixed) % 2**128:032x}", condition)

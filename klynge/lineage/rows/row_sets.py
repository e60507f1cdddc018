"""The keys of source rows, and sets of rows with their hash."""

from klynge.lineage.relational.expressions import quote_identifier
from klynge.lineage.relational.model_graph import ROW_KEY, ModelGraph
from klynge.lineage.result import RowSet
from klynge.lineage.rows.temp_tables import TempTables, stored_name


def row_key(graph: ModelGraph, table: str) -> str:
    """SQL for the key of a source row.

    It is the row's ``source_row_key`` if the table has this column. Otherwise it is the name of the
    table with the row's key, such as ``reference.areas#robotics``. In a table without a key, the
    hash of all values takes the key's place.
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
    """The rows of a stored table that the SQL condition ``rows`` selects."""
    key = row_key(graph, table)
    [(number, mixed)] = temp.connection.execute(
        f"select count(*), coalesce(bit_xor(md5_number({key})), 0) "
        f"from {stored_name(table)} where {rows}"
    ).fetchall()
    return RowSet(table, int(number), f"{int(mixed) % 2**128:032x}", condition)

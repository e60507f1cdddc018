"""Compare two values of every printed cell: the value from SQL and the value from Python."""

import duckdb

from klynge.print.numbers import NumberError, parse

_CELLS = """
    select figure_id, document_id, line_number, printed_text, number_format, value
    from core.fct_published_figures
    order by figure_id
"""


def compare_values(connection: duckdb.DuckDBPyConnection) -> tuple[int, list[str]]:
    """Return the number of printed cells, and one line for each cell whose values differ."""
    cells = connection.execute(_CELLS).fetchall()
    differing = []
    for figure_id, document_id, line, text, number_format, value in cells:
        try:
            read = parse(text, number_format)
        except NumberError as error:
            differing.append(f"{figure_id} ({document_id} line {line}): {error}")
            continue
        if read != value:
            differing.append(
                f"{figure_id} ({document_id} line {line}): {text!r} is {value} by the macro "
                f"danish_number and {read} by the parser"
            )
    return len(cells), differing

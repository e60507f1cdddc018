"""Add the labels, the unit and the names of a figure's row and column to the figure."""

from decimal import Decimal
from typing import Any

import duckdb

from klynge.lineage.rows.temp_tables import stored_name
from klynge.messages import label
from klynge.tracing.figure_lookup import FigureRow
from klynge.tracing.gaps import COMPLETENESS
from klynge.tracing.renderings import format_value
from klynge.tracing.report import LabelledFigure


def label_figure(connection: duckdb.DuckDBPyConnection, figure: FigureRow) -> LabelledFigure:
    """The figure with its labels; the release must be attached to the connection."""
    column = figure.model.columns[figure.column]
    return LabelledFigure(
        table=figure.model.name,
        column=figure.column,
        key=figure.key,
        value=figure.value,
        text=format_value(figure.value),
        unit=_unit_label(connection, figure),
        label_da=column.label_da or figure.column,
        label_en=column.label_en or figure.column,
        description=column.description,
        about=_names(connection, figure),
        printed=_printed_cell(connection, figure),
        completeness=_completeness(connection, figure),
    )


def _completeness(
    connection: duckdb.DuckDBPyConnection, figure: FigureRow
) -> dict[str, Any] | None:
    names = [name for name in COMPLETENESS if name in figure.model.columns]
    if not {"rows_refused", "completeness"} <= set(names):
        return None
    return dict(zip(names, figure.select(connection, names), strict=True))


def _names(connection: duckdb.DuckDBPyConnection, figure: FigureRow) -> list[str]:
    """The names and labels in the figure's row; a label is in both languages."""
    known = figure.model.columns
    danish = {
        c: c.removesuffix("_label_en") + "_label_da" for c in known if c.endswith("_label_en")
    }
    columns = {c: danish.get(c, c) for c in known if c.endswith(("_label_en", "_name"))}
    wanted = [*columns, *(two if two in known else one for one, two in columns.items())]
    values = figure.select(connection, wanted) if columns else ()
    pairs = zip(values[: len(columns)], values[len(columns) :], strict=True)
    return [label(str(one), str(two or one)) for one, two in pairs if one is not None]


def _printed_cell(
    connection: duckdb.DuckDBPyConnection, figure: FigureRow
) -> dict[str, Any] | None:
    """The place where the figure is printed; None if the row does not name a printed figure."""
    if "figure_id" not in figure.model.columns:
        return None
    found = connection.execute(
        "select f.figure_id, d.file_name, f.line_number, f.printed_text "
        f"from {stored_name(figure.model.name)} t "
        f"join {stored_name('core.fct_published_figures')} f on t.figure_id = f.figure_id "
        f"join {stored_name('core.dim_document')} d on f.document_id = d.document_id "
        f"where t.rowid = {figure.row}"
    ).fetchall()
    names = ("figure_id", "file", "line", "printed_text")
    return dict(zip(names, found[0], strict=True)) if found else None


def _unit_label(connection: duckdb.DuckDBPyConnection, figure: FigureRow) -> str | None:
    unit = figure.model.columns[figure.column].unit or _unit_in_row(connection, figure)
    if unit is None:
        return None
    found = connection.execute(
        f"select label_en, label_da from {stored_name('core.dim_unit')} where unit = $unit",
        {"unit": unit},
    ).fetchall()
    return label(*map(str, found[0])) if found else unit


def _unit_in_row(connection: duckdb.DuckDBPyConnection, figure: FigureRow) -> str | None:
    """The unit from another column of the row, if the description of the figure's column names it.

    Example: ``value`` is described as "The figure, in ``unit``".
    """
    if not isinstance(figure.value, int | Decimal):
        return None
    text = figure.model.columns[figure.column].description
    words = text.replace(".", " ").replace(",", " ").replace(";", " ").split()
    named = [name for name in figure.model.columns if name.endswith("unit") and name in words]
    if not named or figure.column in named:
        return None
    (unit,) = figure.select(connection, named[:1])
    return None if unit is None else str(unit)

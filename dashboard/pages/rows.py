"""The page of one row of a table: each of its figures leads to the figure's own page."""

from dashboard.code_names import names_of
from dashboard.figure_texts import describe_figure, name_column
from dashboard.figures import (
    FigureRow,
    FigureTable,
    UnclearRowError,
    find_row,
    find_table,
)
from dashboard.formats import format_value
from dashboard.sections import Cell, Column, Page, Section, Table
from dashboard.view import View
from klynge.messages import Language, message
from klynge.tracing.renderings import format_value as exact_text


def build(view: View, mart: str) -> Page:
    """Build the page of the row that the parameters name.

    Raises :class:`InputError` for an unknown table or column.
    """
    table = find_table(view.connection, view.release, mart)
    key = {name: values[-1] for name, values in view.parameters.items()}
    try:
        row = find_row(view.connection, table, key)
    except UnclearRowError as unclear:
        return list_rows(view, table, None, unclear)
    figures = [describe_figure(view, row, name) for name in table.columns]
    lines = [
        [
            Cell(name_column(view, table.description.columns.get(name), name)),
            number_cell(view, row, name),
            Cell(figure.unit),
            Cell(figure.description),
        ]
        for name, figure in zip(table.columns, figures, strict=True)
    ]
    columns = [
        Column("column", view.text(message("Figure"))),
        Column("value", view.text(message("Value"))),
        Column("unit", view.text(message("Unit"))),
        Column("description", view.text(message("What it says"))),
    ]
    section = Section(
        "row",
        view.text(message("All values of the row")),
        lead=view.text(message("Each value leads to its own page with its sources and its proof.")),
        table=Table(columns, lines),
        source=table.name,
    )
    return Page(
        title=_title(view, table),
        lead=", ".join(f"{name}: {text}" for name, text in figures[0].facts)
        or table.description.text(view.language.value),
        sections=[section],
    )


def list_rows(view: View, table: FigureTable, column: str | None, unclear: UnclearRowError) -> Page:
    """Build the page that lists the rows that an address may mean."""
    shown = [*table.key, *([column] if column and column not in table.key else [])]
    columns = [
        Column(
            name,
            name_column(view, table.description.columns.get(name), name),
            is_number=name == column,
        )
        for name in shown
    ]
    rows = [[_choice(view, row, name, column) for name in shown] for row in unclear.rows]
    section = Section(
        "rows",
        view.text(message("Rows to choose from")),
        table=Table(columns, rows) if rows else None,
        notes=[] if rows else [view.text(message("No row is near it; the table is on this page:"))],
        source=table.name,
    )
    return Page(
        title=_title(view, table),
        lead=view.text(unclear.message),
        sections=[section],
        template="rows.html",
        extra={
            "table_address": view.address(f"/data/{table.name}"),
            "table_text": view.text(message("Show the whole table")),
        },
    )


def number_cell(view: View, row: FigureRow, column: str) -> Cell:
    """A value of a row, with a link to its own page."""
    return Cell(
        _text(view, row, column),
        row.values[column],
        view.address(f"/tal/{row.table.name}/{column}", **row.key),
    )


def _choice(view: View, row: FigureRow, name: str, column: str | None) -> Cell:
    path = f"/tal/{row.table.name}" + (f"/{column}" if column else "")
    is_link = name == (column or row.table.key[0])
    address = view.address(path, **row.key) if is_link else None
    return Cell(_text(view, row, name), row.values[name], address, is_number=name == column)


def _text(view: View, row: FigureRow, column: str) -> str:
    value = row.values[column]
    if isinstance(value, str):
        return names_of(view).get(column, {}).get(value, value)
    is_key = column in row.table.key
    return exact_text(value) if is_key and value is not None else format_value(value, view.language)


def _title(view: View, table: FigureTable) -> str:
    described = table.description
    label = described.label_da if view.language is Language.da else described.label_en
    return label or table.name

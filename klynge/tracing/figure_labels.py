"""Add the labels, the unit and the names of a figure's row and column to the figure."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb

from klynge.lineage.rows.temp_tables import stored_name
from klynge.messages import label
from klynge.tracing.figure_lookup import FigureRow
from klynge.tracing.gaps import COMPLETENESS
from klynge.tracing.renderings import format_value
from klynge.tracing.report import LabelledFigure
from klynge.warehouse.schemas import STAR

#: The mart with the findings that name a printed figure.
_FINDINGS = "audit.mart_figure_findings"
#: The column in which a fact of the star says how complete a row is.
_STAR_COMPLETENESS = "completeness_id"


def label_figure(connection: duckdb.DuckDBPyConnection, figure: FigureRow) -> LabelledFigure:
    """Return the figure with its labels; the release must be attached to the connection."""
    column = figure.model.columns[figure.column]
    printed = _printed_cell(connection, figure)
    basis, state = (_code(connection, figure, name) for name in ("basis", "completeness"))
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
        description_da=column.description_da,
        about=_names(connection, figure),
        printed=printed,
        completeness=_completeness(connection, figure),
        key_in_words=tuple(_key_in_words(connection, figure)),
        basis=basis,
        basis_name=basis and _name_code(connection, "basis", basis),
        completeness_name=state and _name_code(connection, "completeness", state),
        findings=_count_findings(connection, printed["figure_id"]) if printed else 0,
    )


def _code(connection: duckdb.DuckDBPyConnection, figure: FigureRow, name: str) -> str | None:
    """Return the code in the row's column ``name`` or ``name_id``; None if neither exists."""
    names = [one for one in (name, f"{name}_id") if one in figure.model.columns]
    [code] = figure.select(connection, names[:1]) if names else [None]
    return None if code is None else str(code)


def _key_in_words(
    connection: duckdb.DuckDBPyConnection, figure: FigureRow
) -> Iterator[tuple[str, str]]:
    """Return name and value of each part of the key that has a value, but no name in the row.

    The basis and the completeness are left out.
    """
    known = figure.model.columns
    for name, value in figure.key.items():
        subject, column = name.removesuffix("_id"), known[name]
        has_name = f"{subject}_label_en" in known or f"{subject}_name" in known
        if value is None or has_name or subject in ("basis", "completeness"):
            continue
        title = label(column.label_en or name, column.label_da or name)
        yield title, _name_code(connection, subject, format_value(value))


def _name_code(connection: duckdb.DuckDBPyConnection, dimension: str, code: str) -> str:
    """Return the name of a code in a dimension of the star, or the code if it has no name."""
    table = f"{STAR}.{dimension}"
    query = f'select name_en, name_da from {stored_name(table)} where "{dimension}_id" = $code'
    try:
        found = connection.execute(query, {"code": code}).fetchall()
    except (duckdb.CatalogException, duckdb.BinderException):
        # the release has no such dimension
        return code
    return label(*map(str, found[0])) if found else code


def _count_findings(connection: duckdb.DuckDBPyConnection, figure_id: str) -> int:
    query = f"select count(*) from {stored_name(_FINDINGS)} where figure_id = $figure"
    try:
        [(count,)] = connection.execute(query, {"figure": figure_id}).fetchall()
    except duckdb.CatalogException:
        # a release of an older version
        return 0
    return int(count)


def _completeness(
    connection: duckdb.DuckDBPyConnection, figure: FigureRow
) -> dict[str, Any] | None:
    names = [name for name in COMPLETENESS if name in figure.model.columns]
    if _STAR_COMPLETENESS in figure.model.columns:
        [state] = figure.select(connection, [_STAR_COMPLETENESS])
        return {"completeness": state, "rows_refused": 0}
    if not {"rows_refused", "completeness"} <= set(names):
        return None
    return dict(zip(names, figure.select(connection, names), strict=True))


def _names(connection: duckdb.DuckDBPyConnection, figure: FigureRow) -> list[str]:
    """Return the names and labels in the figure's row; a label is in both languages."""
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
    """Return where the figure is printed; None if the row does not name a printed figure."""
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
    """Return the unit from another column, if the description of the figure names that column.

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

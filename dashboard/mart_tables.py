"""Read rows of a table of the release as a table of cells; each number leads to its own page."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from dashboard.code_names import names_of
from dashboard.formats import NOTHING, format_value
from dashboard.sections import Cell, Column, Table
from dashboard.view import View
from klynge.errors import InputError
from klynge.messages import Language, message
from klynge.releases.descriptions import TableDescription
from klynge.releases.queries import relation
from klynge.words import UNITS

#: The columns of a row that say why a number is missing, and what is said beside it.
_REASONS = {
    "is_withheld": message("withheld"),
    "is_picture_only": message("printed as a picture only"),
}
_NOT_COMPLETE = {"partial", "rows_refused"}


def read_table(  # noqa: PLR0913, PLR0917 - the parts of a query
    view: View,
    mart: str,
    columns: Sequence[str],
    where: Mapping[str, Any],
    order: Sequence[str] = (),
    limit: int | None = None,
) -> Table:
    """Read columns of the rows of ``mart`` (``schema.table``) that have the values in ``where``.

    A list in ``where`` names several values, and None means that there is no value. ``order`` names
    columns; ``desc`` may follow a name. Raises :class:`InputError` for a table or a column that the
    release does not have.
    """
    described = find_description(view, mart)
    keys = [key for key in described.grain if key not in columns]
    reasons = [one for one in (*_REASONS, "completeness") if one in described.columns]
    extra = [one for one in reasons if one not in (*columns, *keys)]
    read = [*columns, *keys, *extra]
    conditions, values = _conditions(described, where)
    ordering = ", ".join(_ordered(described, one) for one in order) or "all"
    found = view.connection.execute(
        f"select {', '.join(_quoted(described, one) for one in read)} from {relation(mart)} "
        f"where {' and '.join(conditions) or 'true'} order by {ordering}"
        + ("" if limit is None else f" limit {int(limit)}"),
        values,
    ).fetchall()
    names = names_of(view)
    rows = []
    for values_of_row in found:
        row = dict(zip(read, values_of_row, strict=True))
        key = {name: row[name] for name in described.grain}
        rows.append([_cell(view, mart, names, one, row, key) for one in columns])
    return Table(make_columns(view, described, columns, rows), rows)


def find_description(view: View, mart: str) -> TableDescription:
    """Return the description of ``schema.table``.

    Raises :class:`InputError` with the nearest names for a table that the release does not have.
    """
    found = view.release.find_table(mart)
    return view.release.describe(f"{found['schema']}.{found['table']}")


def number_address(view: View, mart: str, column: str, key: Mapping[str, Any]) -> str:
    """Return the address of the page about one number of a mart."""
    values = {name: "" if value is None else _key_text(value) for name, value in key.items()}
    return view.address(f"/tal/{mart.rpartition('.')[2]}/{column}", **values)


def make_columns(
    view: View,
    described: TableDescription,
    names: Sequence[str],
    rows: Sequence[Sequence[Cell]],
) -> list[Column]:
    """Return the headings and units of columns; a column of numbers is marked as such."""
    headings = described.headings(names, view.language.value)
    return [
        Column(
            name,
            heading,
            view.text(UNITS.get(described.columns[name].unit, described.columns[name].unit)),
            is_number=any(row[place].is_number for row in rows),
        )
        for place, (name, heading) in enumerate(zip(names, headings, strict=True))
    ]


def _cell(  # noqa: PLR0913, PLR0917 - a cell and everything that explains it
    view: View,
    mart: str,
    names: Mapping[str, Mapping[str, str]],
    column: str,
    row: Mapping[str, Any],
    key: Mapping[str, Any],
) -> Cell:
    value = row[column]
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        is_key = column in key
        completeness = row.get("completeness")
        note = None
        if not is_key and completeness in _NOT_COMPLETE:
            note = names.get("completeness", {}).get(completeness, completeness)
        return Cell(
            # a year is no amount: it has no mark before its thousands
            str(value) if is_key else format_value(value, view.language),
            value,
            None if is_key else number_address(view, mart, column, key),
            is_number=not is_key,
            note=note,
        )
    if value is None:
        reasons = [text for name, text in _REASONS.items() if row.get(name)]
        return Cell(NOTHING, note=view.text(reasons[0]) if reasons else None)
    if isinstance(value, str):
        return Cell(names.get(column, {}).get(value, value), value)
    return Cell(format_value(value, view.language), value)


def _conditions(
    described: TableDescription, where: Mapping[str, Any]
) -> tuple[list[str], dict[str, Any]]:
    """Return the conditions with their parameters; a value is never part of the SQL."""
    conditions: list[str] = []
    values: dict[str, Any] = {}
    for place, (column, value) in enumerate(where.items()):
        name = _quoted(described, column)
        if value is None:
            conditions.append(f"{name} is null")
            continue
        if isinstance(value, list | tuple):
            conditions.append(f"list_contains($value_{place}, cast({name} as varchar))")
            values[f"value_{place}"] = [_key_text(one) for one in value]
        else:
            conditions.append(f"cast({name} as varchar) = $value_{place}")
            values[f"value_{place}"] = _key_text(value)
    return conditions, values


def _ordered(described: TableDescription, order: str) -> str:
    column, _, direction = order.partition(" ")
    return f"{_quoted(described, column)}{' desc' if direction == 'desc' else ''} nulls last"


def _quoted(described: TableDescription, column: str) -> str:
    if column not in described.columns:
        raise InputError(
            message("{table} has no column {column!r}", table=described.name, column=column)
        )
    return f'"{column}"'


def _key_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def name_column(view: View, described: TableDescription, column: str) -> str:
    """Return the heading of a column in the language of the page."""
    found = described.columns[column]
    label = found.label_da if view.language is Language.da else found.label_en
    return label or column

"""What a page says about one figure of a table: its name, unit, row, basis and description."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dashboard.code_names import names_of
from dashboard.figures import FigureRow
from dashboard.formats import NOTHING, format_value
from dashboard.view import View
from klynge.messages import Language, message
from klynge.releases.descriptions import ColumnDescription
from klynge.words import UNITS

#: Columns of a row that name a unit of its figures, if a figure's own column declares none.
_UNIT_COLUMNS = ("unit", "national_unit")
#: Columns that say what a row is about, whether or not they are in the key of its table.
_SUBJECTS = (
    *("organisation_id", "indicator_id", "breakdown", "row_label", "column_label", "period_id"),
    *("basis", "basis_id", "completeness", "completeness_id"),
)
#: The column of a table whose rows have one figure each, of different indicators.
_VALUE = "value"
#: Columns with codes of printed figures, and the table and the column with their names.
_CODES_OF_PRINT = {
    "indicator_id": ("core.dim_indicator", "indicator_id"),
    "breakdown": ("core.dim_breakdown", "breakdown"),
}


@dataclass(frozen=True)
class FigureTexts:
    """A figure in words."""

    label: str
    value: str
    unit: str
    description: str
    #: the table's label
    table: str
    #: name and value of each part of the key, and of the names in the row
    facts: tuple[tuple[str, str], ...]
    is_sample: bool


def describe_figure(view: View, row: FigureRow, column: str) -> FigureTexts:
    """Describe a figure in the language of the page."""
    described = row.table.description
    return FigureTexts(
        label=_title(view, row, column),
        value=format_value(row.values[column], view.language),
        unit=unit_of(view, row, column),
        description=described.columns.get(column, ColumnDescription()).text(view.language.value),
        table=_own(view, described.label_da, described.label_en) or described.name,
        facts=tuple(_facts(view, row, column)),
        is_sample=row.values.get("basis", row.values.get("basis_id")) == "sample",
    )


def _title(view: View, row: FigureRow, column: str) -> str:
    """The name of a figure; that of a row's only value is the name of its indicator."""
    label = name_column(view, row.table.description.columns.get(column), column)
    if column != _VALUE or not row.values.get("indicator_id"):
        return label
    return _name_in_row(view, row, "indicator_id") or _name_code(
        view, "indicator_id", row.values["indicator_id"]
    )


def name_column(view: View, described: ColumnDescription | None, name: str) -> str:
    """The heading of a column in the language of the page."""
    known = described or ColumnDescription()
    return _own(view, known.label_da, known.label_en) or name


def unit_of(view: View, row: FigureRow, column: str) -> str:
    """The unit of a figure in words; empty for a text, and for a figure without a unit."""
    value = row.values[column]
    if (value is not None and not isinstance(value, int | Decimal)) or isinstance(value, bool):
        return ""
    described = row.table.description.columns.get(column, ColumnDescription())
    code = described.unit
    if not code:
        named = [one for one in _UNIT_COLUMNS if one in row.values and one in described.description]
        code = str(row.values[named[0]] or "") if named else ""
    if code in UNITS:
        return view.text(UNITS[code])
    return names_of_units(view).get(code, code)


def names_of_units(view: View) -> Mapping[str, str]:
    """The name of each unit of printed figures."""
    found = view.connection.execute("select unit, label_da, label_en from core.dim_unit").fetchall()
    is_danish = view.language is Language.da
    return {unit: danish if is_danish else english for unit, danish, english in found}


def _facts(view: View, row: FigureRow, column: str) -> list[tuple[str, str]]:
    columns = row.table.description.columns
    facts = []
    for name in (*row.table.key, *_more_facts(row)):
        value = row.values[name]
        if name == column or value is None:
            continue
        text = _name_in_row(view, row, name) or _name_code(view, name, value)
        facts.append((name_column(view, columns.get(name), name), text))
    return facts


def _more_facts(row: FigureRow) -> list[str]:
    """The columns outside the key that a reader needs to know what the row is about."""
    return [name for name in _SUBJECTS if name in row.values and name not in row.table.key]


def _name_in_row(view: View, row: FigureRow, name: str) -> str | None:
    subject = name.removesuffix("_id")
    language = view.language.value
    for other in (f"{subject}_label_{language}", f"{subject}_name", f"{subject}_title"):
        if row.values.get(other):
            return str(row.values[other])
    return None


def _name_code(view: View, column: str, value: Any) -> str:
    """The name of a code; another value as it is."""
    if isinstance(value, str):
        known = names_of(view).get(column) or _names_of_print(view, column)
        return known.get(value, value)
    # years and ranks in a key are not amounts, so they are shown without a thousands separator
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return format_value(value, view.language)


def _names_of_print(view: View, column: str) -> Mapping[str, str]:
    """The names of the codes that only printed figures have: indicators and breakdowns."""
    if column not in _CODES_OF_PRINT:
        return {}
    table, code = _CODES_OF_PRINT[column]
    found = view.connection.execute(f"select {code}, label_da, label_en from {table}").fetchall()
    return {one: _own(view, danish, english) for one, danish, english in found}


def _own(view: View, danish: str, english: str) -> str:
    return danish if view.language is Language.da else english


def say_nothing(view: View, row: FigureRow, column: str) -> str:
    """Why a figure has no value, as far as its row tells; empty if it has a value."""
    if row.values[column] is not None:
        return ""
    if row.values.get("is_withheld"):
        return view.text(message("the figure is withheld, because it is confidential"))
    for name in (f"reason_{view.language.value}", f"missing_{view.language.value}"):
        if row.values.get(name):
            return str(row.values[name])
    if row.values.get("reason"):
        return str(row.values["reason"])
    return view.text(message("the row has no value here ({sign})", sign=NOTHING))

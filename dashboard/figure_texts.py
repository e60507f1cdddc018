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
        label=name_column(view, described.columns.get(column), column),
        value=format_value(row.values[column], view.language),
        unit=unit_of(view, row, column),
        description=described.columns.get(column, ColumnDescription()).text(view.language.value),
        table=_own(view, described.label_da, described.label_en) or described.name,
        facts=tuple(_facts(view, row, column)),
        is_sample=row.values.get("basis", row.values.get("basis_id")) == "sample",
    )


def name_column(view: View, described: ColumnDescription | None, name: str) -> str:
    """The heading of a column in the language of the page."""
    known = described or ColumnDescription()
    return _own(view, known.label_da, known.label_en) or name


def unit_of(view: View, row: FigureRow, column: str) -> str:
    """The unit of a figure in words; empty for a text, and for a figure without a unit."""
    value = row.values[column]
    if value is not None and not isinstance(value, int | Decimal) or isinstance(value, bool):
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
    found = view.connection.execute(
        "select unit, label_da, label_en from core.dim_unit"
    ).fetchall()
    is_danish = view.language is Language.da
    return {unit: danish if is_danish else english for unit, danish, english in found}


def _facts(view: View, row: FigureRow, column: str) -> list[tuple[str, str]]:
    columns, names = row.table.description.columns, names_of(view)
    facts = []
    for name in (*row.table.key, *_more_facts(row)):
        value = row.values[name]
        if name == column or value is None:
            continue
        text = _name_in_row(view, row, name) or names.get(name, {}).get(str(value))
        heading = name_column(view, columns.get(name), name)
        facts.append((heading, text or _plain(view, value)))
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


def _plain(view: View, value: Any) -> str:
    # a year or a rank in a key is no amount: it has no mark before its thousands
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return format_value(value, view.language)


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

"""Write an answer as a Danish XLSX workbook: typed cells, and a sheet about the figures."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import xlsxwriter

from klynge.danish_time import TIME_ZONE
from klynge.errors import InputError
from klynge.exports.about import describe_answer
from klynge.messages import message

if TYPE_CHECKING:
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from klynge.exports.answers import Answer

#: The sheet with the rows, and the sheet about them.
ROWS, ABOUT = "Tal", "Om tallene"
#: The limits of a sheet.
_MOST_ROWS, _LONGEST_TEXT = 1_048_575, 32_767
#: The first day that a spreadsheet can show.
_FIRST_DAY = date(1900, 3, 1)


class ExactNumber(float):
    """A number that is written with all its digits.

    A spreadsheet computes with the nearest binary number, which has about 15 digits. Another
    program that reads the file gets every digit.
    """

    exact: Decimal

    def __new__(cls, value: Decimal | int) -> ExactNumber:
        """Make an exact number from a decimal or a whole number."""
        made = super().__new__(cls, value)
        made.exact = Decimal(value)
        return made

    def __format__(self, format_spec: str) -> str:
        """Return all digits, even if xlsxwriter asks for fewer digits."""
        return f"{self.exact:f}"


def write_workbook(answer: Answer, path: Path) -> None:
    """Write the workbook.

    Raises :class:`InputError` if the answer has too many rows for a sheet or a text that is too
    long for a cell.
    """
    if answer.rows.num_rows > _MOST_ROWS:
        raise InputError(
            message(
                "a sheet holds at most {most:,} rows, and the answer has {rows:,}: choose "
                "--format csv-da or parquet",
                most=_MOST_ROWS,
                rows=answer.rows.num_rows,
            )
        )
    # write in memory, because on a full disk Python's ZIP module would print a traceback as well
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        created = datetime.fromisoformat(answer.release.manifest["created_at"])
        workbook.set_properties({"author": "Klyngedata", "created": created.replace(tzinfo=None)})
        _write_rows(workbook, workbook.add_worksheet(ROWS), answer)
        _write_about(workbook, workbook.add_worksheet(ABOUT), answer)
    path.write_bytes(content.getvalue())


def _write_rows(workbook: xlsxwriter.Workbook, sheet: Worksheet, answer: Answer) -> None:
    heading = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    sheet.freeze_panes(1, 0)
    for place, (title, column) in enumerate(zip(answer.headings, answer.columns, strict=True)):
        sheet.write_string(0, place, title, heading)
        values = answer.rows.column(place)
        shape = workbook.add_format({"num_format": _number_format(values.type, column.unit)})
        sheet.set_column(place, place, _width(title, values), shape)
        for row, value in enumerate(values.to_pylist(), start=1):
            if value is not None:
                _write_cell(sheet, row, place, value, shape)
    if answer.rows.num_columns:
        sheet.autofilter(0, 0, answer.rows.num_rows, answer.rows.num_columns - 1)


def _write_cell(sheet: Worksheet, row: int, place: int, value: Any, shape: Format) -> None:
    match value:
        case bool():
            sheet.write_boolean(row, place, value)
        case int() | Decimal():
            sheet.write_number(row, place, ExactNumber(value), shape)
        case float() if value - value == 0:
            sheet.write_number(row, place, value, shape)
        case datetime():
            local = value.astimezone(TIME_ZONE) if value.tzinfo else value
            sheet.write_datetime(row, place, local.replace(tzinfo=None), shape)
        case date() if value >= _FIRST_DAY:
            sheet.write_datetime(row, place, value, shape)
        case _:
            text = str(value)
            if len(text) > _LONGEST_TEXT:
                raise InputError(
                    message(
                        "a cell holds at most {most:,} characters, and row {row:,} has a longer "
                        "text: choose --format csv-da or parquet",
                        most=_LONGEST_TEXT,
                        row=row,
                    )
                )
            # a text is never a formula, even if it begins with an equals sign
            sheet.write_string(row, place, text)


def _number_format(kind: pa.DataType, unit: str) -> str:
    if pa.types.is_timestamp(kind):
        return "dd-mm-yyyy hh:mm:ss"
    if pa.types.is_date(kind):
        return "dd-mm-yyyy"
    if unit == "kr":
        return "#,##0.00" if pa.types.is_decimal(kind) else "#,##0"
    return "General"


def _width(title: str, values: pa.ChunkedArray) -> int:
    """Choose a column width that shows most values. A long heading is wrapped."""
    longest = max(
        (len(str(v)) for v in values.slice(0, 200).to_pylist() if v is not None), default=0
    )
    return max(10, min(50, max(longest + 2, min(len(title) + 2, 20))))


def _write_about(workbook: xlsxwriter.Workbook, sheet: Worksheet, answer: Answer) -> None:
    bold = workbook.add_format({"bold": True, "valign": "top"})
    plain = workbook.add_format({"valign": "top"})
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 5, 40)
    for row, cells in enumerate(describe_answer(answer)):
        is_heading = len(cells) > 2 and cells[0] in ("Kilder", "Kolonner", "Koder")
        for place, text in enumerate(cells):
            shape = bold if is_heading or place == 0 else plain
            sheet.write_string(row, place, str(text)[:_LONGEST_TEXT], shape)

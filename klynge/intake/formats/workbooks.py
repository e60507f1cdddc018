"""Reading XLSX into the text that a CSV file would hold, with a limit on the unpacked size."""

import zipfile
import zlib
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from defusedxml.ElementTree import ParseError
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from klynge.intake.contracts import Column, Contract, Dialect
from klynge.intake.formats.text_file import (
    BrokenRecord,
    FileRefusedError,
    TextFile,
    check_header,
    nulls_for_empty,
    numbered,
    numbers_to,
    refuse_bomb,
    without_huge_fields,
)
from klynge.intake.formats.workbook_parts import day_zero, error_cells, far_cell, unpack_sheet

_SIGNIFICANT_DIGITS = 15  # a spreadsheet stores at most this many digits
_LAST_DAY_NUMBER = 100_000  # a day in the year 2173; a larger number cannot be a date in a report
#: The first bytes of Microsoft's older container, which is not a ZIP archive, and the name of the
#: part that holds an encrypted workbook in it (MS-OFFCRYPTO, 1.3.2).
_COMPOUND_FILE, _ENCRYPTED_PART = bytes.fromhex("d0cf11e0a1b11ae1"), "EncryptedPackage"


def read_workbook(path: Path, contract: Contract) -> TextFile:
    """Read the sheet that has the dataset's name, or else the first visible sheet.

    The value of a formula is its last computed value. A row's line is its number in the sheet. A
    row with an error, or with a date in a text column, becomes a broken record.
    """
    try:
        with zipfile.ZipFile(path) as parts:
            refuse_bomb(path, sum(part.file_size for part in parts.infolist()))
            workbook = CalamineWorkbook.from_path(str(path))
            sheet = _sheet_to_read(workbook, contract.dataset)
            xml = unpack_sheet(parts, sheet)
            number_zero = day_zero(parts)
        _refuse_far_cells(path.name, sheet, xml)
        cells = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        errors = error_cells(xml)
    except FileRefusedError:
        raise
    # these libraries raise many errors for a damaged workbook; the remedy is always the same
    except (
        zipfile.BadZipFile, zlib.error, CalamineError, ParseError, KeyError, IndexError, ValueError,
        EOFError, NotImplementedError, RuntimeError, OSError,
    ) as error:  # fmt: skip
        _refuse_other_containers(path)
        raise FileRefusedError(
            f"{path.name} is not a whole XLSX workbook ({error}): save it again from the "
            "spreadsheet",
            f"{path.name} er ikke en hel XLSX-projektmappe: gem den igen fra regnearket",
        ) from error
    return _sheet_as_text(path.name, cells, contract, errors, number_zero)


def _sheet_to_read(workbook: CalamineWorkbook, dataset: str) -> str:
    """The name of the sheet that holds the rows; spreadsheets ignore case in sheet names."""
    tables = [one for one in workbook.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
    named = [one for one in tables if one.name.casefold() == dataset.casefold()]
    visible = [one for one in tables if one.visible == SheetVisibleEnum.Visible]
    return [*named, *visible, *tables][0].name


def _refuse_other_containers(path: Path) -> None:
    """Refuse a workbook with a password or in the format before 2007; the message names which."""
    content = path.read_bytes()
    if not content.startswith(_COMPOUND_FILE):
        return
    if _ENCRYPTED_PART.encode("utf-16-le") in content:
        raise FileRefusedError(
            f"{path.name} has a password: remove it in the spreadsheet, and save the workbook "
            "again",
            f"{path.name} har en adgangskode: fjern den i regnearket, og gem projektmappen igen",
        )
    raise FileRefusedError(
        f"{path.name} is an XLS workbook, the format of before 2007: save it as XLSX",
        f"{path.name} er en XLS-projektmappe, formatet fra før 2007: gem den som XLSX",
    )


def _refuse_far_cells(name: str, sheet: str, xml: bytes) -> None:
    if cell := far_cell(xml):
        raise FileRefusedError(
            f"{name}: sheet {sheet!r} has a cell far outside its table ({cell}): delete the rows "
            "and columns beyond the table",
            f"{name}: arket {sheet!r} har en celle langt uden for tabellen ({cell}): slet rækker "
            "og kolonner uden for den",
        )


def _sheet_as_text(
    name: str,
    cells: list[list[Any]],
    contract: Contract,
    errors: dict[tuple[int, int], str],
    number_zero: date,
) -> TextFile:
    header_row = next((n for n, row in enumerate(cells) if not _is_blank(row)), None)
    if header_row is None:
        raise FileRefusedError(
            f"{name}: the sheet is empty: it needs a header and rows",
            f"{name}: arket er tomt: det skal have en overskrift og rækker",
        )
    header, columns = _header_and_columns(cells[header_row:])
    check_header(name, header, contract)
    faults = _cell_errors(errors, header_row, len(header))
    declared = {column.name: column for column in contract.columns}
    texts: dict[str, pa.Array] = {}
    for place, column_name in enumerate(header):
        column = declared[column_name]
        values, dates = _texts(columns[place], column, contract.dialect, number_zero)
        faults |= {(row, place): ("cell_date", values[row]) for row in dates}
        texts[column_name] = nulls_for_empty(pa.array(values, pa.string()))
    rows = pa.table({c.name: texts[c.name] for c in contract.columns})
    return without_huge_fields(_numbered(rows, header, faults, header_row))


def _cell_errors(
    errors: dict[tuple[int, int], str], header_row: int, width: int
) -> dict[tuple[int, int], tuple[str, str]]:
    """The errors below the header, in columns of the header, by table row and column."""
    return {
        (row - header_row - 1, column): ("cell_error", value)
        for (row, column), value in errors.items()
        if row > header_row and column < width
    }


def _is_blank(cells: Sequence[Any]) -> bool:
    return all(value == "" for value in cells)


def _header_and_columns(cells: list[list[Any]]) -> tuple[list[str], list[tuple[Any, ...]]]:
    header = [str(value) for value in cells[0]]
    columns = list(zip(*cells[1:], strict=True)) or [()] * len(header)
    # a spreadsheet also exports columns that are only formatted
    while header and header[-1] == "" and _is_blank(columns[-1]):
        header, columns = header[:-1], columns[:-1]
    return header, columns


def _numbered(
    rows: pa.Table,
    header: Sequence[str],
    faults: dict[tuple[int, int], tuple[str, str]],
    header_row: int,
) -> TextFile:
    """The rows with their numbers; blank rows and faulty rows are left out."""
    blank = pa.repeat(pa.scalar(True), rows.num_rows)
    for column in rows.columns:
        blank = pc.and_(blank, pc.is_null(column))
    faulty = pc.is_in(
        numbers_to(rows.num_rows), pa.array([row + 1 for row, _ in faults], pa.int64())
    )
    numbers = pc.cumulative_sum(pc.or_(pc.invert(blank), faulty).cast(pa.int64()))
    lines = pc.add(numbers_to(rows.num_rows), header_row + 1)
    broken = [
        BrokenRecord(numbers[row].as_py(), lines[row].as_py(), header[column], value, fault)
        for (row, column), (fault, value) in sorted(faults.items())
    ]
    sound = pc.invert(pc.or_(blank, faulty))
    return TextFile(numbered(rows, numbers, lines).filter(sound), broken)


def _texts(
    cells: Sequence[Any], column: Column, dialect: Dialect, number_zero: date
) -> tuple[Sequence[str], list[int]]:
    """A column's cells as text, and the rows in which a text column holds a date."""
    if set(map(type, cells)) <= {str}:
        return cells, []
    true, false = dialect.booleans
    dated = column.logical_type == "date"
    dates = []
    texts: list[str] = []
    for row, cell in enumerate(cells):
        kind = type(cell)
        if kind is str:
            text = cell
        elif kind is bool:
            text = true if cell else false
        elif kind is float or kind is int:
            number = float(cell)
            text = _day(number, number_zero) if dated else _number(number, dialect)
        else:
            text = _moment(cell)
            if column.logical_type == "string":
                dates.append(row)
        texts.append(text)
    return texts, dates


def _number(value: float, dialect: Dialect) -> str:
    if value.is_integer() and abs(value) < 10**_SIGNIFICANT_DIGITS:
        return str(int(value))
    return f"{value:.{_SIGNIFICANT_DIGITS}g}".replace(".", dialect.decimal)


def _day(number: float, number_zero: date) -> str:
    """The day for a day number; a cell without a date format holds a day as a number."""
    if not number.is_integer() or not 0 < number <= _LAST_DAY_NUMBER:
        return f"{number:.{_SIGNIFICANT_DIGITS}g}"
    return (number_zero + timedelta(days=int(number))).isoformat()


def _moment(value: date | time | timedelta) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date | time) else str(value)

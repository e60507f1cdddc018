"""Reading XLSX into the text that a CSV file would hold, with a limit on the unpacked size."""

import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from defusedxml.ElementTree import ParseError
from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from klynge.intake.contracts import Column, Contract, Dialect
from klynge.intake.formats.text_file import (
    BrokenRecord,
    FileRefusedError,
    TextFile,
    check_header,
    known_names,
    nulls_for_empty,
    numbered,
    numbers_to,
    place_of,
    refuse_bomb,
    without_huge_fields,
)
from klynge.intake.formats.workbook_parts import (
    TABLE_COLUMNS,
    day_zero,
    far_cell,
    faulty_cells,
    unpack_sheets,
)
from klynge.intake.formats.workbook_sheets import Sheet, choose_sheet, header_place, is_blank_row
from klynge.messages import message

_SIGNIFICANT_DIGITS = 15  # a spreadsheet stores at most this many digits
_COLUMNS_BESIDE = 100  # a sheet beside the table, such as a pivot table, may be wider than it
_LAST_DAY_NUMBER = 100_000  # a day in the year 2173; a larger number cannot be a date in a report
#: The first bytes of Microsoft's older container, which is not a ZIP archive, and the name of the
#: part that holds an encrypted workbook in it (MS-OFFCRYPTO, 1.3.2).
_COMPOUND_FILE, _ENCRYPTED_PART = bytes.fromhex("d0cf11e0a1b11ae1"), "EncryptedPackage"


def read_workbook(path: Path, contract: Contract) -> TextFile:
    """Read the visible sheet that holds the rows; see :func:`choose_sheet`.

    The value of a formula is its last computed value. A row's line is its number in the sheet. A
    row with an error, with a formula that was never computed, or with a date in a text column,
    becomes a broken record.
    """
    try:
        with zipfile.ZipFile(path) as parts:
            refuse_bomb(path, sum(part.file_size for part in parts.infolist()))
            workbook = CalamineWorkbook.from_path(str(path))
            tables = [s for s in workbook.sheets_metadata if s.typ == SheetTypeEnum.WorkSheet]
            xml = unpack_sheets(parts, [table.name for table in tables])
            number_zero = day_zero(parts)
        widest = TABLE_COLUMNS if len(tables) == 1 else _COLUMNS_BESIDE
        for table in tables:
            _refuse_far_cells(path.name, table.name, far_cell(xml[table.name], widest))
        sheet, notes = choose_sheet(
            path.name, [_sheet(workbook, table) for table in tables], contract
        )
        if len(tables) > 1:
            _refuse_far_cells(path.name, sheet.name, far_cell(xml[sheet.name], TABLE_COLUMNS))
        faulty = faulty_cells(xml[sheet.name])
    except FileRefusedError:
        raise
    # these libraries raise many errors for a damaged workbook; the remedy is always the same
    except (
        zipfile.BadZipFile, zlib.error, CalamineError, ParseError, KeyError, IndexError, ValueError,
        EOFError, NotImplementedError, RuntimeError, OSError,
    ) as error:  # fmt: skip
        _refuse_other_containers(path)
        raise FileRefusedError(
            message(
                "{file} is not a whole XLSX workbook ({error}): save it again from the spreadsheet",
                file=path.name,
                error=str(error),
            )
        ) from error
    read = _sheet_as_text(path.name, sheet, contract, faulty, number_zero)
    return replace(read, sheet=sheet.name, notes=notes)


def _sheet(workbook: CalamineWorkbook, table: SheetMetadata) -> Sheet:
    cells = workbook.get_sheet_by_name(table.name).to_python(skip_empty_area=False)
    return Sheet(table.name, table.visible == SheetVisibleEnum.Visible, cells)


def _refuse_other_containers(path: Path) -> None:
    """Refuse a file that has another format or a password, with a message that says which."""
    content = path.read_bytes()
    if content and b"\0" not in content[:1000]:
        raise FileRefusedError(
            message(
                "{file} is text and no workbook: give it the ending .csv, or save it as XLSX",
                file=path.name,
            )
        )
    if not content.startswith(_COMPOUND_FILE):
        return
    if _ENCRYPTED_PART.encode("utf-16-le") in content:
        raise FileRefusedError(
            message(
                "{file} has a password: remove it in the spreadsheet, and save the workbook again",
                file=path.name,
            )
        )
    raise FileRefusedError(
        message(
            "{file} is an XLS workbook, the format of before 2007: save it as XLSX",
            file=path.name,
        )
    )


def _refuse_far_cells(name: str, sheet: str, cell: str | None) -> None:
    if cell:
        raise FileRefusedError(
            message(
                "{file}: sheet {sheet!r} has a cell far outside its table ({cell}): delete the "
                "rows and columns beyond the table",
                file=name,
                sheet=sheet,
                cell=cell,
            )
        )


def _sheet_as_text(
    name: str,
    sheet: Sheet,
    contract: Contract,
    faulty: dict[tuple[int, int], tuple[str, str]],
    number_zero: date,
) -> TextFile:
    cells = sheet.cells
    header_row = next((n for n, row in enumerate(cells) if not is_blank_row(row)), None)
    if header_row is None:
        raise FileRefusedError(
            message(
                "{file} is empty: it needs a header and rows",
                file=place_of(name, sheet.name),
            )
        )
    given, columns = _header_and_columns(cells[header_row:])
    header = known_names(given, contract)
    likely = header_place(sheet, contract)
    later = likely + 1 if likely is not None and likely > header_row else 0
    check_header(name, given, contract, sheet=sheet.name, header_line=later)
    faults = {
        (row - header_row - 1, column): fault
        for (row, column), fault in faulty.items()
        if row > header_row and column < len(header)
    }
    declared = {column.name: column for column in contract.columns}
    texts: dict[str, pa.Array] = {}
    for place, column_name in enumerate(header):
        column = declared[column_name]
        values, dates = _texts(columns[place], column, contract.dialect, number_zero)
        faults |= {(row, place): ("cell_date", values[row]) for row in dates}
        texts[column_name] = nulls_for_empty(pa.array(values, pa.string()))
    rows = pa.table({c.name: texts[c.name] for c in contract.columns})
    return without_huge_fields(_numbered(rows, header, faults, header_row))


def _header_and_columns(cells: Sequence[Sequence[Any]]) -> tuple[list[str], list[tuple[Any, ...]]]:
    header = [str(value) for value in cells[0]]
    columns = list(zip(*cells[1:], strict=True)) or [()] * len(header)
    # a spreadsheet also exports columns that are only formatted
    while header and header[-1] == "" and is_blank_row(columns[-1]):
        header, columns = header[:-1], columns[:-1]
    return header, columns


def _numbered(
    rows: pa.Table,
    header: Sequence[str],
    faults: dict[tuple[int, int], tuple[str, str]],
    header_row: int,
) -> TextFile:
    """Add numbers to the rows, and leave out blank rows and faulty rows."""
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
    every_row = numbered(rows, numbers, lines)
    sound = pc.invert(pc.or_(blank, faulty))
    return TextFile(every_row.filter(sound), broken, broken_rows=every_row.filter(faulty))


def _texts(
    cells: Sequence[Any], column: Column, dialect: Dialect, number_zero: date
) -> tuple[Sequence[str], list[int]]:
    """Return a column's cells as text, and the rows in which a text column has a date."""
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
    """Turn a day number into a day, because a cell without a date format has a day as a number."""
    if not number.is_integer() or not 0 < number <= _LAST_DAY_NUMBER:
        return f"{number:.{_SIGNIFICANT_DIGITS}g}"
    return (number_zero + timedelta(days=int(number))).isoformat()


def _moment(value: date | time | timedelta) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date | time) else str(value)

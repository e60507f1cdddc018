"""XLSX as the text that a CSV file would hold; a workbook that unpacks to too much is refused."""

import re
import zipfile
import zlib
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from python_calamine import CalamineError, CalamineWorkbook

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

#: Days are counted from here; in a workbook of an old Mac, from 1904.
_FIRST_DAY, _FIRST_DAY_1904 = date(1899, 12, 30), date(1904, 1, 1)
_SIGNIFICANT_DIGITS = 15  # as many as a spreadsheet keeps
_CHUNK_BYTES = 1_000_000
#: The fewest bytes that a row takes in a sheet's XML.
_ROW_BYTES = 15
_LAST_DAY_NUMBER = 100_000  # in the year 2173: what lies beyond is no day of a report

_ERROR_CELL = re.compile(
    rb"""<(?:\w+:)?c\b(?=[^>]*\bt=["']e["'])[^>]*\br=["']([A-Z]+)([0-9]+)["'][^>]*>"""
    rb"""(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]*)<""",
    re.DOTALL,
)


def read_xlsx(path: Path, contract: Contract) -> TextFile:
    """The sheet named as the dataset, or else the first; a formula's cell holds its last value.

    A row's line is its number in the sheet. Rows with an error, or with a date where text belongs,
    come out as broken.
    """
    try:
        with zipfile.ZipFile(path) as parts:
            refuse_bomb(path, sum(part.file_size for part in parts.infolist()))
            workbook = CalamineWorkbook.from_path(str(path))
            names = workbook.sheet_names
            name = contract.dataset if contract.dataset in names else names[0]
            xml = _unpacked(parts, _part_of(parts, name))
            first_day = _FIRST_DAY_1904 if _counts_from_1904(parts) else _FIRST_DAY
        _refuse_far_cells(path.name, xml)
        cells = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except FileRefusedError:
        raise
    # whatever a damaged workbook makes these libraries say, the reporter can do one thing
    except (
        zipfile.BadZipFile, zlib.error, CalamineError, KeyError, IndexError, ValueError,
        EOFError, NotImplementedError, RuntimeError, OSError,
    ) as error:  # fmt: skip
        raise FileRefusedError(
            f"{path.name} is no whole XLSX workbook ({error}): save it again from the spreadsheet",
            f"{path.name} er ikke en hel XLSX-projektmappe: gem den igen fra regnearket",
        ) from error
    return _as_text(path.name, cells, contract, _errors_in(xml), first_day)


def _unpacked(parts: zipfile.ZipFile, wanted: str) -> bytes:
    """One part; all are unpacked once: sizes that lie and wrong checksums end in an error here."""
    content = b""
    if len({name.lower() for name in parts.namelist()}) < len(parts.namelist()):
        raise zipfile.BadZipFile("two parts have one name")
    for part in parts.infolist():
        with parts.open(part) as file:
            if part.filename == wanted:
                content = file.read()
            while file.read(_CHUNK_BYTES):
                pass
    if not content:
        raise KeyError(f"{wanted} is missing")
    return content


def _part_of(parts: zipfile.ZipFile, sheet: str) -> str:
    """The part of the archive that holds a sheet."""
    sheets = _tags(parts.read("xl/workbook.xml").decode(), "sheet")
    targets = _tags(parts.read("xl/_rels/workbook.xml.rels").decode(), "Relationship")
    [relation] = [
        value
        for tag in sheets
        for name, value in tag.items()
        if _unescaped(tag["name"]) == sheet and name.endswith(":id")
    ]
    [target] = [tag["Target"] for tag in targets if tag["Id"] == relation]
    return target[1:] if target.startswith("/") else f"xl/{target}"


def _tags(xml: str, name: str) -> list[dict[str, str]]:
    return [
        {key: double or single for key, double, single in re.findall(_ATTRIBUTE, tag)}
        for tag in re.findall(rf"<(?:\w+:)?{name}\s([^>]*)>", xml)
    ]


_ATTRIBUTE = r"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')"""


def _unescaped(text: str) -> str:
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'")):
        text = text.replace(entity, character)
    return text.replace("&amp;", "&")


def _counts_from_1904(parts: zipfile.ZipFile) -> bool:
    return bool(re.search(rb"""date1904=["'](1|true)["']""", parts.read("xl/workbook.xml")))


def _refuse_far_cells(name: str, xml: bytes) -> None:
    """Refuse a sheet with a cell far outside its table: the reader would fill all between."""
    digits = len(str(len(xml) // _ROW_BYTES)) + 1
    if not _may_have_far_cells(xml, digits):
        return
    far = re.search(
        rb"""\br\s*=\s*["'](?:[A-Za-z]{2,}[0-9]|[A-Za-z]?[0-9]{%d,}["'])""" % digits, xml
    )
    if far:
        cell = far[0].decode(errors="replace")
        raise FileRefusedError(
            f"{name}: the sheet has a cell far outside its table ({cell}): delete the rows and "
            "columns beyond the table",
            f"{name}: arket har en celle langt uden for tabellen ({cell}): slet rækker og kolonner "
            "uden for den",
        )


def _may_have_far_cells(xml: bytes, digits: int) -> bool:
    """Whether the exact search, which is slow, is worth it: a reference is ``r="A1"``, no more."""
    packed = np.frombuffer(xml.translate(None, b" \t\r\n") + bytes(digits + 3), np.uint8)
    here = np.flatnonzero((packed[:-1] == ord("r")) & (packed[1:] == ord("="))) + 3
    here = here[here + digits <= len(packed)]
    letters = here[packed[here + 1] >= ord("A")]
    # the few that are no references, such as xmlns:r="http://…", have no digit after the letters
    if any(re.match(rb"[A-Za-z]+[0-9]", packed[n : n + 20].tobytes()) for n in letters.tolist()):
        return True
    for place in range(digits - 1, 0, -1):
        digit = packed[here + place]
        here = here[(digit >= ord("0")) & (digit <= ord("9"))]
    return bool(len(here))


def _errors_in(xml: bytes) -> dict[tuple[int, int], str]:
    """Row and column (from 0) of cells that hold an error, which the reader gives as empty."""
    if b't="e"' not in xml and b"t='e'" not in xml:
        return {}
    found = {}
    for letters, row, value in _ERROR_CELL.findall(xml):
        column = 0
        for letter in letters:
            column = column * 26 + letter - ord("A") + 1
        found[int(row) - 1, column - 1] = value.decode()
    return found


def _as_text(
    name: str,
    cells: list[list[Any]],
    contract: Contract,
    errors: dict[tuple[int, int], str],
    first_day: date,
) -> TextFile:
    header_row = next((n for n, row in enumerate(cells) if any(v != "" for v in row)), None)
    if header_row is None:
        raise FileRefusedError(
            f"{name}: the sheet is empty: it needs a header and rows",
            f"{name}: arket er tomt: det skal have en overskrift og rækker",
        )
    header = [str(value) for value in cells[header_row]]
    columns = list(zip(*cells[header_row + 1 :], strict=True)) or [()] * len(header)
    # a spreadsheet hands on columns that were only formatted
    while header and header[-1] == "" and not any(v != "" for v in columns[-1]):
        header, columns = header[:-1], columns[:-1]
    check_header(name, header, contract)
    faults = {
        (row - header_row - 1, column): ("cell_error", value)
        for (row, column), value in errors.items()
        if row > header_row and column < len(header)
    }
    texts = {}
    for place, column_name in enumerate(header):
        [column] = [c for c in contract.columns if c.name == column_name]
        values, dates = _texts(columns[place], column, contract.dialect, first_day)
        faults |= {(row, place): ("cell_date", values[row]) for row in dates}
        texts[column_name] = nulls_for_empty(pa.array(values, pa.string()))
    rows = pa.table({c.name: texts[c.name] for c in contract.columns})
    return without_huge_fields(_numbered(rows, header, faults, header_row))


def _numbered(
    rows: pa.Table,
    header: Sequence[str],
    faults: dict[tuple[int, int], tuple[str, str]],
    header_row: int,
) -> TextFile:
    """Rows with their numbers, without the blank ones and those that have a fault."""
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
    cells: Sequence[Any], column: Column, dialect: Dialect, first_day: date
) -> tuple[Sequence[str], list[int]]:
    """A column's cells as text, and the rows of dates in a column of text."""
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
            text = _day(number, first_day) if dated else _number(number, dialect)
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


def _day(number: float, first_day: date) -> str:
    """A day that stands as its number, which is what a date without a format is."""
    if not number.is_integer() or not 0 < number <= _LAST_DAY_NUMBER:
        return f"{number:.{_SIGNIFICANT_DIGITS}g}"
    return (first_day + timedelta(days=int(number))).isoformat()


def _moment(value: date | time | timedelta) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date | time) else str(value)

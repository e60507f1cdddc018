"""Read day 0 and faulty cells from a workbook's XML, because the cell reader leaves them out.

XLSX is a ZIP archive of XML parts (ISO/IEC 29500, SpreadsheetML). Element names are compared
without their namespace, which differs between the two variants of the standard.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from xml.etree.ElementTree import Element

import numpy as np
from defusedxml.ElementTree import fromstring, iterparse

#: The day with the number 0 in most workbooks. Workbooks of old Macs count from 1904.
_DAY_ZERO, _DAY_ZERO_1904 = date(1899, 12, 30), date(1904, 1, 1)
_CHUNK_BYTES = 1_000_000
#: The fewest bytes that a row takes in a sheet's XML.
_ROW_BYTES = 15
#: The most columns that a table can have; every contract has fewer. A cell farther to the right
#: belongs to no table.
TABLE_COLUMNS = 26
#: The bytes with which a formula without a value ends in a sheet's XML.
_NOT_COMPUTED = re.compile(
    rb"<(\w+:)?f\b[^>]*/>\s*<|</(\w+:)?f>\s*(<(\w+:)?v\s*/>|<(\w+:)?v>\s*<|</)"
)
_REFERENCE = re.compile(r"([A-Za-z]+)([0-9]+)")


@dataclass(frozen=True)
class Cell:
    """A cell with a value or a formula; its row and column are counted from 0.

    ``fault`` is "cell_error" if the value is an error, and "cell_formula" if no program has
    computed the formula. Otherwise ``fault`` is empty. ``text`` is the error or the formula.
    """

    row: int
    column: int
    fault: str
    text: str

    @property
    def reference(self) -> str:
        """The name that a spreadsheet shows, such as ``AB12``."""
        letters, rest = "", self.column + 1
        while rest:
            rest, letter = divmod(rest - 1, 26)
            letters = chr(ord("A") + letter) + letters
        return f"{letters}{self.row + 1}"


def unpack_sheets(parts: zipfile.ZipFile, names: Iterable[str]) -> dict[str, bytes]:
    """Unpack the XML of each of these sheets.

    Every part of the archive is unpacked once, so that a false size or a wrong checksum causes an
    error. Raises :class:`zipfile.BadZipFile` or :class:`KeyError` for a damaged archive.
    """
    wanted = {_part_of(parts, name): name for name in names}
    contents: dict[str, bytes] = {}
    if len({part.lower() for part in parts.namelist()}) < len(parts.namelist()):
        raise zipfile.BadZipFile("two parts have the same name")
    for part in parts.infolist():
        with parts.open(part) as file:
            if part.filename in wanted:
                contents[wanted[part.filename]] = file.read()
            while file.read(_CHUNK_BYTES):
                pass
    for part_name, name in wanted.items():
        if not contents.get(name):
            raise KeyError(f"{part_name} is missing")
    return contents


def _part_of(parts: zipfile.ZipFile, sheet: str) -> str:
    """The archive's name for the part that holds a sheet."""
    [relation] = [
        value
        for element in _elements(parts, "xl/workbook.xml", "sheet")
        if element.get("name") == sheet
        for attribute, value in element.items()
        if _local(attribute) == "id"
    ]
    [target] = [
        element.attrib["Target"]
        for element in _elements(parts, "xl/_rels/workbook.xml.rels", "Relationship")
        if element.get("Id") == relation
    ]
    return posixpath.normpath(posixpath.join("/xl", target)).removeprefix("/")


def day_zero(parts: zipfile.ZipFile) -> date:
    """The day that has the number 0 in this workbook."""
    properties = _elements(parts, "xl/workbook.xml", "workbookPr")
    counts_from_1904 = any(element.get("date1904") in {"1", "true"} for element in properties)
    return _DAY_ZERO_1904 if counts_from_1904 else _DAY_ZERO


def _elements(parts: zipfile.ZipFile, part: str, name: str) -> Iterator[Element]:
    return (
        element
        for element in fromstring(parts.read(part), forbid_dtd=True).iter()
        if _local(element.tag) == name
    )


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def faulty_cells(xml: bytes) -> dict[tuple[int, int], tuple[str, str]]:
    """Map (row, column) of each faulty cell, counted from 0, to the cell's fault and text.

    For example ``{(2, 11): ("cell_error", "#DIV/0!")}``. The cell reader returns such a cell as
    empty.
    """
    # a full reading takes longer than reading the cells, and few sheets have such cells
    has_errors = b'"e"' in xml or b"'e'" in xml
    has_formulas = b"<f" in xml or b":f" in xml
    if not (has_errors or (has_formulas and _NOT_COMPUTED.search(xml))):
        return {}
    return {(cell.row, cell.column): (cell.fault, cell.text) for cell in _cells(xml) if cell.fault}


def far_cell(xml: bytes, columns: int = TABLE_COLUMNS) -> str | None:
    """The first cell with a value far outside a sheet's table, such as ``XFD2``, or None.

    The cell reader would fill all cells between the table and this cell. It does so only for a cell
    with a value, so empty cells may be anywhere. ``columns`` is the width of the widest table.
    """
    # a sheet of n rows has no row number with more digits than this
    digits = len(str(len(xml) // _ROW_BYTES)) + 1
    if not _may_have_far_cells(xml, digits):
        return None
    return next(
        (
            cell.reference
            for cell in _cells(xml)
            if cell.column >= columns or cell.row + 1 >= 10 ** (digits - 1)
        ),
        None,
    )


def _cells(xml: bytes) -> Iterator[Cell]:
    """The cells of a sheet that have a value or a formula; the formula may have no value.

    A cell without a reference follows the cell before it.
    """
    row = column = -1
    for event, element in iterparse(io.BytesIO(xml), events=("start", "end"), forbid_dtd=True):
        name = _local(element.tag)
        if (event, name) == ("start", "row"):
            row, column = int(element.get("r", row + 2)) - 1, -1
        elif (event, name) == ("start", "c"):
            row, column = _place(element.get("r", ""), row, column + 1)
        elif (event, name) == ("end", "c"):
            value, formula = _value(element), _formula(element)
            if value:
                error = element.get("t") == "e"
                yield Cell(row, column, "cell_error" if error else "", value if error else "")
            elif formula is not None and element.get("t") != "str":
                yield Cell(row, column, "cell_formula", formula)
        elif (event, name) == ("end", "row"):
            element.clear()


def _place(reference: str, row: int, column: int) -> tuple[int, int]:
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        return row, column
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]) - 1, column - 1


def _value(cell: Element) -> str:
    return "".join(
        text for part in cell if _local(part.tag) in {"v", "is"} for text in part.itertext()
    )


def _formula(cell: Element) -> str | None:
    """Return a cell's formula; empty if another cell shares it, and None if the cell has none."""
    return next((f"={part.text or ''}" for part in cell if _local(part.tag) == "f"), None)


def _may_have_far_cells(xml: bytes, digits: int) -> bool:
    """Whether a reference looks far away, so that the slow and exact search is needed."""
    packed = np.frombuffer(xml.translate(None, b" \t\r\n") + bytes(digits + 3), np.uint8)
    here = np.flatnonzero((packed[:-1] == ord("r")) & (packed[1:] == ord("="))) + 3
    here = here[here + digits <= len(packed)]
    letters = here[packed[here + 1] >= ord("A")]
    # texts that are not references, such as xmlns:r="http://…", have no digit after the letters
    if any(re.match(rb"[A-Za-z]+[0-9]", packed[n : n + 20].tobytes()) for n in letters.tolist()):
        return True
    for place in range(digits - 1, 0, -1):
        digit = packed[here + place]
        here = here[(digit >= ord("0")) & (digit <= ord("9"))]
    return bool(len(here))

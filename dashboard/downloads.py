"""The files of a page: a table as a workbook or as CSV, and a chart as SVG."""

import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pyarrow as pa
from starlette.responses import Response

from dashboard.charts.standalone import write_standalone
from dashboard.sections import Cell, Column, Page, Section, Table
from dashboard.view import View
from klynge.errors import InputError
from klynge.exports.answers import Answer
from klynge.exports.files import FileFormat, write_answer
from klynge.messages import message, one_of
from klynge.releases.descriptions import ColumnDescription, TableDescription

#: The beginning of the addresses of files; the address of the page follows.
PREFIX = "/hent"
#: The parameters of a file: the section of the page, and the format.
SECTION, FORMAT = "tabel", "format"
_SVG = "svg"
#: The formats of a table, with their names in links and their media types.
_TABLE_FORMATS = {
    FileFormat.xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileFormat.danish_csv: "text/csv; charset=utf-8",
    FileFormat.csv: "text/csv; charset=utf-8",
}
_NAMES = {
    FileFormat.xlsx: message("Excel"),
    FileFormat.danish_csv: message("Danish CSV"),
    FileFormat.csv: message("CSV"),
    _SVG: message("chart as SVG"),
}


def file_links(view: View, section: Section) -> list[tuple[str, str]]:
    """Return address and name of each file that a section can be downloaded as."""
    formats: list[str] = []
    if section.table and section.table.rows:
        formats += _TABLE_FORMATS
    if section.chart and "<svg" in section.chart:
        formats.append(_SVG)
    return [
        (
            view.address(
                f"{PREFIX}{view.path}",
                **{**view.parameters, SECTION: section.id, FORMAT: str(one)},
            ),
            view.text(_NAMES[one]),
        )
        for one in formats
    ]


def view_of_page(view: View) -> View:
    """Return the view of the page whose file is asked for."""
    parameters = {
        name: values for name, values in view.parameters.items() if name not in (SECTION, FORMAT)
    }
    path = view.path.removeprefix(PREFIX)
    return replace(view, path=path, parameters=parameters)


def make_file(view: View, asked: View, page: Page) -> Response:
    """Return the file that ``asked`` names, made from a section of the page.

    ``view`` is the view of the page. Raises :class:`InputError` if the page has no such section, or
    the section has no such format.
    """
    section = _find_section(asked.parameter(SECTION), page)
    chosen = asked.parameter(FORMAT, FileFormat.xlsx)
    if chosen == _SVG and section.chart and "<svg" in section.chart:
        lines = [*_lines(view, section), *section.notes]
        content = write_standalone(section.chart, section.title, lines).encode()
        return _attachment(view, section, content, "image/svg+xml", ".svg")
    if chosen not in [str(one) for one in _TABLE_FORMATS] or section.table is None:
        raise InputError(
            message(
                "there is no format {given!r} for this part of the page: use {formats}",
                given=chosen,
                formats=one_of([str(one) for one in _TABLE_FORMATS]),
            )
        )
    file_format = FileFormat(chosen)
    answer = make_answer(view, section, section.table)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"answer{file_format.suffix}"
        write_answer(answer, file_format, path)
        content = path.read_bytes()
    return _attachment(view, section, content, _TABLE_FORMATS[file_format], file_format.suffix)


def make_answer(view: View, section: Section, table: Table) -> Answer:
    """Return the shown rows as an answer, with the headings, units and notes of the section.

    Numbers keep their types. A code is given by its name, as on the page. A remark beside a number,
    such as "withheld", has a column of its own.
    """
    columns = [*_columns_of(view, table)]
    described = TableDescription(
        section.source or section.id,
        label_da=section.title,
        description_da=section.lead,
        columns={
            column.name: ColumnDescription(
                label_da=column.heading, label_en=column.heading, unit=column.unit
            )
            for column, _ in columns
        },
    )
    rows = pa.table({column.name: _array(values) for column, values in columns})
    notes = [*section.notes, *_lines(view, section)]
    return Answer(view.release, rows, tables={described.name: described}, notes=notes)


def _find_section(name: str, page: Page) -> Section:
    for section in page.sections:
        if section.id == name:
            return section
    raise InputError(
        message(
            "this page has no part {given!r}: use {parts}",
            given=name,
            parts=one_of([one.id for one in page.sections if one.table or one.chart]),
        )
    )


def _columns_of(view: View, table: Table) -> Iterator[tuple[Column, list[Any]]]:
    taken: set[str] = set()
    for place, column in enumerate(table.columns):
        cells = [row[place] for row in table.rows]
        yield _named_once(column, taken), [_value(cell) for cell in cells]
        if any(cell.note for cell in cells):
            remark = view.text(message("{column}: remark", column=column.heading))
            noted = Column(f"{column.name}_note", remark)
            yield _named_once(noted, taken), [cell.note for cell in cells]


def _named_once(column: Column, taken: set[str]) -> Column:
    name, number = column.name, 1
    while name in taken:
        number += 1
        name = f"{column.name}_{number}"
    taken.add(name)
    return replace(column, name=name)


def _value(cell: Cell) -> Any:
    """Return the value of a cell in a file: the number or the day itself, else the shown text."""
    if cell.value is None:
        return None if cell.text in ("", "–") else cell.text
    return cell.text if isinstance(cell.value, str) else cell.value


def _array(values: Sequence[Any]) -> pa.Array:
    """Return the values as a column. Values of several types become texts."""
    kinds = {type(value) for value in values if value is not None}
    if kinds == {int, Decimal}:
        values = [Decimal(value) if isinstance(value, int) else value for value in values]
    elif len(kinds) > 1:
        values = [None if value is None else str(value) for value in values]
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return pa.array([None if value is None else str(value) for value in values])


def _lines(view: View, section: Section) -> list[str]:
    """Return source, basis and address of a section."""
    parts = []
    if section.source:
        parts.append(view.text(message("Source: {source}", source=section.source)))
    if section.basis:
        parts.append(view.text(message("Basis: {basis}", basis=section.basis)))
    parts.append(view.text(message("Release: {release}", release=view.release.release_id)))
    query = urlencode(view.parameters, doseq=True)
    page = view.path + (f"?{query}" if query else "")
    parts.append(view.text(message("Page: {page}", page=page)))
    return parts


def _attachment(
    view: View, section: Section, content: bytes, media_type: str, suffix: str
) -> Response:
    name = re.sub(r"[^a-z0-9_-]+", "-", f"{section.id}-{view.release.release_id}".lower())
    return Response(
        content,
        media_type=media_type,
        headers={"content-disposition": f'attachment; filename="klyngedata-{name}{suffix}"'},
    )

"""Test XLSX files as spreadsheets and exports write them: sheets, dates, errors and passwords."""

import datetime
import zipfile

import pytest
import xlsxwriter

from klynge.intake.formats.text_file import FileRefusedError
from klynge.intake.formats.workbook_parts import far_cell, faulty_cells
from klynge.messages import Language
from tests.intake.door import ACTIVITIES, ACTIVITY, FUNDING, GRANT, check, faults

START, END = 4, 5  # the positions of an activity's dates


def book_of(path, sheets, **options):
    """Write a workbook of named sheets; each sheet is a list of rows.

    A sheet whose name begins with - is hidden.
    """
    with xlsxwriter.Workbook(path, options) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name.removeprefix("-"))
            for number, row in enumerate(rows):
                for place, value in enumerate(row):
                    if isinstance(value, datetime.date):
                        sheet.write_datetime(number, place, value, day)
                    else:
                        sheet.write(number, place, value)
        for name in sheets:
            if name.startswith("-"):
                next(s for s in book.worksheets() if s.name == name[1:]).hide()
        visible = next(s for s in book.worksheets() if not s.hidden)
        visible.set_first_sheet()
        visible.activate()
    return path


def grants(*numbers):
    return [FUNDING.split(";"), *(GRANT.replace("2021-01", n).split(";") for n in numbers)]


def rewrite(path, part, *replacements):
    """Replace bytes in one part of a workbook."""
    with zipfile.ZipFile(path) as parts:
        contents = {name: parts.read(name) for name in parts.namelist()}
    for old, new in replacements:
        assert old in contents[part]
        contents[part] = contents[part].replace(old, new)
    with zipfile.ZipFile(path, "w") as parts:
        for name, content in contents.items():
            parts.writestr(name, content)
    return path


def lines_of(checked):
    return checked.rows["funding_line_id"].to_pylist()


@pytest.mark.parametrize("counts_from_1904", [False, True])
def test_days_are_the_same_in_both_date_systems(tmp_path, counts_from_1904):
    """The row has a formatted date and the same date as a number.

    The numbers of the two systems differ by 1,462 days.
    """
    day = datetime.date(2021, 3, 1)
    number = (day - datetime.date(1904, 1, 1)).days if counts_from_1904 else 44256
    row = ACTIVITY.split(";")
    row[START], row[END] = day, number
    book = book_of(
        tmp_path / "activities_2021.xlsx",
        {"activities": [ACTIVITIES.split(";"), row]},
        date_1904=counts_from_1904,
    )
    checked = check(book)
    assert checked.rows["start_date"].to_pylist() == [day]
    assert checked.rows["end_date"].to_pylist() == [day]


def test_a_word_for_true_marks_the_1904_system_as_well(tmp_path):
    row = ACTIVITY.split(";")
    row[START], row[END] = 42794, 42794
    book = book_of(
        tmp_path / "activities_2021.xlsx",
        {"activities": [ACTIVITIES.split(";"), row]},
        date_1904=True,
    )
    rewrite(book, "xl/workbook.xml", (b'date1904="1"', b"date1904 = 'true'"))
    assert check(book).rows["start_date"].to_pylist() == [datetime.date(2021, 3, 1)]


@pytest.mark.parametrize(
    ("sheets", "read"),
    [
        ({"-2023": grants("old"), "2024": grants("new")}, ["new"]),
        ({"Læs mig": [["vejledning"]], "Funding": grants("new")}, ["new"]),
        ({"first": grants(), "second": grants("two")}, ["two"]),
        ({"Øst & <vest>": grants("one")}, ["one"]),
    ],
    ids=[
        "hidden first sheet",
        "guide first, name in capitals",
        "rows in one of two",
        "name to escape",
    ],
)
def test_which_sheet_is_read(tmp_path, sheets, read):
    assert lines_of(check(book_of(tmp_path / "funding_2021.xlsx", sheets))) == read


def test_errors_are_found_in_cells_without_references(tmp_path):
    book = book_of(tmp_path / "funding_2021.xlsx", {"funding": grants("a", "b", "c")})
    sheet = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(book) as parts:
        xml = parts.read(sheet).decode()
    _, _, third = xml.partition('<c r="J3"')
    cell = '<c r="J3"' + third.partition("</c>")[0] + "</c>"
    rewrite(book, sheet, (cell.encode(), b'<c r="J3" t = "e"><f>1/0</f><v>#DIV/0!</v></c>'))
    with_references = check(book)
    for letter in "ABCDEFGHIJ":
        for row in range(1, 5):
            rewrite(book, sheet, (f' r="{letter}{row}"'.encode(), b""))
    for row in range(1, 5):
        rewrite(book, sheet, (f' r="{row}"'.encode(), b""))
    without = check(book)
    for checked in (with_references, without):
        assert faults(checked) == [(3, "amount_kr", "#DIV/0!")]
        assert lines_of(checked) == ["a", "c"]


SHEET = b'<worksheet xmlns="urn:any"><sheetData>%s</sheetData></worksheet>'


def test_faulty_cells_by_place():
    row = b'<row r="2"><c/><c t="e"><v>#N/A</v></c><c r="D2" t="e"><v>#REF!</v></c></row>'
    assert faulty_cells(SHEET % row) == {
        (1, 1): ("cell_error", "#N/A"),
        (1, 3): ("cell_error", "#REF!"),
    }
    shared = b'<row r="2"><c/><c><f t="shared" si="0"/></c><c><f>B2</f><v></v></c></row>'
    assert faulty_cells(SHEET % shared) == {
        (1, 1): ("cell_formula", "="),
        (1, 2): ("cell_formula", "=B2"),
    }
    text = b'<row r="2"><c t="str"><f>IF(A1,"x","")</f><v></v></c><c><f>1+1</f><v>2</v></c></row>'
    assert faulty_cells(SHEET % text) == {}
    assert faulty_cells(SHEET % b"<row><c><v>1</v></c></row>") == {}


@pytest.mark.parametrize(
    ("row", "far"),
    [
        (b'<row r="1048576"/>', None),
        (b'<row r="1048576"><c r="A1048576" s="3"/></row>', None),
        (b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>', "A1048576"),
        (b'<row r="2"><c r="XFD2" t="inlineStr"><is><t>x</t></is></c></row>', "XFD2"),
    ],
)
def test_only_a_cell_with_a_value_is_far_outside(row, far):
    assert far_cell(SHEET % row) == far


def test_a_formatted_row_at_the_end_of_the_sheet_is_no_row(tmp_path):
    book = book_of(tmp_path / "funding_2021.xlsx", {"funding": grants("a", "b")})
    end = b'<row r="1048576" ht="22.7"></row></sheetData>'
    rewrite(book, "xl/worksheets/sheet1.xml", (b"</sheetData>", end))
    checked = check(book)
    assert (checked.rows_read, lines_of(checked)) == (2, ["a", "b"])


@pytest.mark.parametrize(
    ("content", "says_en", "says_da"),
    [
        ("EncryptedPackage", "has a password", "har en adgangskode"),
        ("Workbook", "the format of before 2007", "formatet fra før 2007"),
    ],
)
def test_other_containers_are_named(tmp_path, content, says_en, says_da):
    path = tmp_path / "funding_2021.xlsx"
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + content.encode("utf-16-le"))
    with pytest.raises(FileRefusedError, match=says_en) as refused:
        check(path)
    assert says_da in refused.value.message.text(Language.da)


def test_a_workbook_with_entities_is_refused(tmp_path):
    book = book_of(tmp_path / "funding_2021.xlsx", {"funding": grants("a")})
    head = b'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa">]><workbook '
    rewrite(book, "xl/workbook.xml", (b"<workbook ", head))
    with pytest.raises(FileRefusedError, match="not a whole XLSX workbook"):
        check(book)

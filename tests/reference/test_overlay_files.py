"""Read files of an overlay as spreadsheets and editors save them."""

from datetime import date

import pytest
import xlsxwriter

from klynge.errors import InputError
from klynge.overlay.acceptance import accept
from klynge.overlay.proposals import propose
from klynge.reference.overlay_files import find_overlay_files, read_overlay_file
from klynge.reference.overlay_seeds import OVERLAY_SEEDS
from klynge.reference.overlay_templates import template_csv, template_xlsx
from klynge.reference.seeds import read_reference
from tests.reference.overlays import SHIPPED, WHY, period, put, reporter

COLUMNS = SHIPPED.columns("reporters")
MADE = reporter(reports_to="2026-06-30", note="forlænget")


def saved(path, rows, *, delimiter=";", encoding="utf-8", end="\r\n"):
    lines = [COLUMNS, *([r[c] for c in COLUMNS] for r in rows)]
    text = end.join(delimiter.join(line) for line in lines) + end
    path.write_bytes(text.encode(encoding))
    return path


def values(path, columns=COLUMNS):
    return [row.values for row in read_overlay_file(path, columns)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_csv_file_of_any_spreadsheet(tmp_path, delimiter, encoding):
    path = saved(tmp_path / "reporters.csv", [MADE], delimiter=delimiter, encoding=encoding)
    assert values(path) == [MADE]


def test_danish_days_and_truth_values_and_blanks(tmp_path):
    path = saved(tmp_path / "reporters.csv", [{**MADE, "reports_to": " 30-06-2026 "}])
    with path.open("a", encoding="utf-8") as file:
        file.write(";;;;;;;;\r\n\r\n")
    assert values(path) == [MADE]
    columns = SHIPPED.columns("due_submissions")
    due = tmp_path / "due_submissions.csv"
    due.write_text(";".join(columns) + "\nfunding;;made;2025;FALSK;;\n")
    assert values(due, columns)[0]["is_expected"] == "false"


def test_a_workbook(tmp_path):
    path = tmp_path / "reporters.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        workbook.add_worksheet("Vejledning").write(0, 0, "Ret i arket reporters")
        sheet = workbook.add_worksheet("reporters")
        sheet.write_row(0, 0, COLUMNS)
        sheet.write_row(2, 0, [MADE[c] for c in COLUMNS])
        sheet.write_datetime(2, COLUMNS.index("reports_to"), date(2026, 6, 30), day)
    [row] = read_overlay_file(path, COLUMNS)
    assert row.values == MADE
    assert row.number == 3


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "row 1: the columns must be reporter_id, kind"),
        (b"reporter_id,kind\n", "missing: basis, note, organisation_id"),
        (b"\x81\x8d", "neither UTF-8 nor Windows-1252"),
        (",".join(COLUMNS).encode() + b"\nmade,x,y,z,,,,more\n", "row 2: 8 columns, but"),
        (",".join(COLUMNS).encode() + b'\nmade,"x\n', "check the quotes"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(tmp_path, content, says):
    path = tmp_path / "reporters.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"reporters\.csv") as refused:
        read_overlay_file(path, COLUMNS)
    assert says in str(refused.value)


def test_a_file_that_is_no_workbook(tmp_path):
    path = tmp_path / "reporters.xlsx"
    path.write_bytes(b"PK nothing")
    with pytest.raises(InputError, match="cannot be read as a workbook"):
        read_overlay_file(path, COLUMNS)


def test_files_of_programs_are_passed_over_and_two_of_a_seed_refused(home):
    path = put(home, "reporters", MADE)
    (home.reference / ".~lock.reporters.csv#").write_text("x")
    (home.reference / "~$reporters.xlsx").write_text("x")
    assert find_overlay_files(home) == {"reporters": path}
    (home.reference / "reporters.xlsx").write_text("x")
    with pytest.raises(InputError, match="both have rows of reporters: keep only one"):
        find_overlay_files(home)


def test_a_template_that_is_edited_changes_the_edited_row_alone(home, tmp_path):
    rows = SHIPPED.rows("reporting_periods")
    path = tmp_path / "reporting_periods.csv"
    path.write_bytes(template_csv(SHIPPED.columns("reporting_periods"), rows))
    assert propose(home, [path]).differences == []
    edited = [
        period("2024", closes_on="2026-06-30"),
        *(r for r in rows if r["period_id"] != "2024"),
    ]
    path.write_bytes(template_csv(SHIPPED.columns("reporting_periods"), edited))
    [difference] = propose(home, [path]).differences
    assert difference.columns == {"closes_on": ("", "2026-06-30")}
    accept(home, propose(home, [path]), **WHY)
    assert [r.values for r in read_reference(home).overlay["reporting_periods"]] == edited[:1]


def test_a_further_file_keeps_the_rows_that_are_there(home, tmp_path):
    accept(home, propose(home, [saved(tmp_path / "reporters.csv", [MADE])]), **WHY)
    navigate = reporter("navigate_denmark", reports_from="2026-01-01")
    accept(home, propose(home, [saved(tmp_path / "reporters.csv", [navigate])]), **WHY)
    rows = [row.values for row in read_reference(home).overlay["reporters"]]
    assert rows == [MADE, navigate]


def test_a_workbook_of_each_seed_can_be_handed_in_again(home, tmp_path):
    for seed in OVERLAY_SEEDS:
        path = tmp_path / f"{seed}.xlsx"
        path.write_bytes(template_xlsx(seed, SHIPPED.columns(seed), SHIPPED.rows(seed)))
        assert values(path, SHIPPED.columns(seed)) == SHIPPED.rows(seed), seed
    assert propose(home, sorted(tmp_path.glob("*.xlsx"))).differences == []

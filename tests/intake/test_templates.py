"""An unchanged template passes the checks."""

import zipfile

import pytest
from python_calamine import CalamineWorkbook

from klynge.intake.checking import check_file
from klynge.intake.pseudonyms import SAMPLE_KEY
from klynge.intake.templates import template_csv, template_xlsx
from tests.conftest import klynge
from tests.intake.door import CONTRACTS, REGISTERS


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=CONTRACTS)
def test_the_example_row_is_sound(tmp_path, contract, kind):
    path = tmp_path / f"{contract.dataset}.{kind}"
    path.write_bytes(
        template_csv(contract) if kind == "csv" else template_xlsx(contract, REGISTERS)
    )
    checked = check_file(
        path, contract, period="2021", organisation_id=None, registers=REGISTERS, key=SAMPLE_KEY
    )
    assert checked.rejected.to_pylist() == []
    assert checked.rows.num_rows == 1
    assert all(checked.rows[name][0].as_py() is not None for name in contract.key)


def test_workbook_offers_lists_and_a_guide(tmp_path):
    contract = CONTRACTS["participants"]
    path = tmp_path / "participants.xlsx"
    path.write_bytes(template_xlsx(contract, REGISTERS))
    with zipfile.ZipFile(path) as parts:
        table = parts.read("xl/worksheets/sheet1.xml").decode()
    offered = {c.name for c in contract.columns if c.allowed or c.register} | {"startup"}
    assert table.count("<dataValidation ") == len(offered)
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names == ["participants", "Vejledning", "Kodelister"]
    guide = book.get_sheet_by_name("Vejledning").to_python()
    assert {c.name for c in contract.columns} <= {row[0] for row in guide}
    lists = book.get_sheet_by_name("Kodelister").to_python()
    assert set(lists[0]) - {"betegnelse"} == offered
    place = lists[0].index("size_band")
    assert [row[place : place + 2] for row in lists[1:5]] == [
        list(pair)
        for pair in next(c for c in contract.columns if c.name == "size_band").allowed.items()
    ]


def test_command_writes_a_template_once(tmp_path, home):
    path = tmp_path / "participants.xlsx"
    done = klynge(home, "template", "participants", "--format", "xlsx", "--out", str(path))
    assert (done.returncode, path.is_file()) == (0, True)
    again = klynge(home, "template", "participants", "--out", str(path))
    assert again.returncode == 2
    assert "exists already" in again.stderr
    unknown = klynge(home, "template", "visitors")
    assert unknown.returncode == 2
    assert "participants" in unknown.stderr


def test_a_csv_template_begins_with_the_mark_by_which_spreadsheets_know_utf_8():
    assert template_csv(CONTRACTS["participants"]).startswith(b"\xef\xbb\xbf")

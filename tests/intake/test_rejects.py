"""Rejected rows are written as text, even if a value looks like a formula."""

import csv
import io

import pyarrow as pa
import pytest
from python_calamine import CalamineWorkbook

from klynge.intake.checking import EXPLAINED_SCHEMA
from klynge.intake.rejects import rejected_csv, rejected_rows, rejected_xlsx
from tests.intake.door import CONTRACTS

PARTICIPANTS = CONTRACTS["participants"]
DANGEROUS = ["=cmd|' /C calc'!A0", "@SUM(A1)", "+cmd", "-2+3|cmd", "\t=1", "\r=1"]


def rejected(*values, column="persons"):
    return pa.table(
        [
            range(1, len(values) + 1),
            range(2, len(values) + 2),
            [column] * len(values),
            values,
            ["not a whole number"] * len(values),
            ["ikke et heltal"] * len(values),
        ],
        schema=EXPLAINED_SCHEMA,
    )


def test_csv_in_the_reporters_language():
    text = rejected_csv(rejected("1.5", None), PARTICIPANTS, "da").decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text), delimiter=";")) == [
        ["linje", "kolonne", "værdi", "årsag"],
        ["2", "Antal personer (persons)", "1.5", "ikke et heltal"],
        ["3", "Antal personer (persons)", "", "ikke et heltal"],
    ]
    assert rejected_csv(rejected("1"), PARTICIPANTS, "en").startswith(b"\xef\xbb\xbfline;column")


def test_each_fault_of_a_workbook_names_its_sheet(tmp_path):
    text = rejected_csv(rejected("1.5"), PARTICIPANTS, "da", "Deltagere").decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text), delimiter=";")) == [
        ["ark", "linje", "kolonne", "værdi", "årsag"],
        ["Deltagere", "2", "Antal personer (persons)", "1.5", "ikke et heltal"],
    ]
    path = tmp_path / "rejected.xlsx"
    path.write_bytes(rejected_xlsx(rejected("1.5", "x"), PARTICIPANTS, "en", "=Q1"))
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert rows[0] == ["sheet", "line", "column", "value", "reason"]
    assert [row[:2] for row in rows[1:]] == [["=Q1", 2], ["=Q1", 3]]
    named = rejected_csv(rejected("1"), PARTICIPANTS, "en", "=Q1").decode("utf-8-sig")
    assert named.splitlines()[1].startswith("'=Q1;2;")


def test_labels_of_keys_and_whole_records():
    rows = [
        *rejected_rows(rejected("a, b", column="activity_id, country"), PARTICIPANTS, "da"),
        *rejected_rows(rejected("a;b", column=""), PARTICIPANTS, "en"),
    ]
    assert [row[1] for row in rows] == [
        "Aktivitets-id (activity_id), Land (country)",
        "the whole record",
    ]


def test_csv_holds_no_formula():
    text = rejected_csv(rejected(*DANGEROUS), PARTICIPANTS, "da").decode("utf-8-sig")
    values = [row[2] for row in csv.reader(io.StringIO(text, newline=""), delimiter=";")][1:]
    assert values == [f"'{value}" for value in DANGEROUS]


def test_csv_leaves_numbers_and_texts_alone():
    values = ["-1.234,5", "+45", "a;b", 'a"b', "a\nb", "x=1"]
    text = rejected_csv(rejected(*values), PARTICIPANTS, "da").decode("utf-8-sig")
    read = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    assert [row[2] for row in read][1:] == values


@pytest.mark.parametrize("language", ["da", "en"])
def test_workbook_holds_text_only(tmp_path, language):
    path = tmp_path / "rejected.xlsx"
    path.write_bytes(rejected_xlsx(rejected(*DANGEROUS[:4]), PARTICIPANTS, language))
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    assert [row[2] for row in sheet.to_python()][1:] == DANGEROUS[:4]
    assert [row[0] for row in sheet.to_python()][1:] == [2, 3, 4, 5]

"""Test files for spreadsheets and programs: types, headings, formulas, and no half-written file."""

import errno
import json
import os
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from klynge import open_release
from klynge.errors import InputError, MachineError
from klynge.exports.about import describe_answer
from klynge.exports.answers import Answer, answer_query, public_tables, read_table
from klynge.exports.files import FileFormat, write_answer, write_tables
from klynge.releases.descriptions import ColumnDescription, TableDescription
from tests.bare_release import TABLES, write_release
from tests.exports.reading_back import (
    hash_of_parquet,
    hash_of_rows,
    hashed_tables,
    read_sheet,
    rows_of_workbook,
)

MONEY = "evaluation.mart_money"


def write(release, file_format, path, table="mart_money") -> Path:
    write_answer(read_table(release, table), file_format, path)
    return path


def test_danish_csv_is_what_a_danish_excel_expects(bare, tmp_path):
    data = write(bare, FileFormat.danish_csv, tmp_path / "x.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    lines = data.decode("utf-8-sig").split("\r\n")
    assert lines[0] == "Organisation;Dato;Beløb;Personer;Kendt;Grundlag;note"
    assert 'made;31-12-2021;1234567,50;12;SAND;published;"æøå; ""Ø"""' in lines
    assert "clean;31-12-2022;-0,10;;FALSK;published;'=1+1" in lines
    assert "clean;;0,00;3;;sample;'-5,3" in lines
    assert "9999999999999999,99" in data.decode()


def test_csv_for_programs_is_exact(bare, tmp_path):
    lines = write(bare, FileFormat.csv, tmp_path / "x.csv").read_text("utf-8").splitlines()
    assert lines[0] == "organisation_id,day,amount_kr,persons,is_known,basis,note"
    assert "clean,2022-12-31,-0.10,,False,published,=1+1" in lines
    [_, row] = write(bare, FileFormat.csv, tmp_path / "y.csv", "mart_exact").read_text().split()[:2]
    assert row.startswith("a,0.123456789012345678901234567890123456,12345678901234567890123")


def test_json_keeps_decimals(bare, tmp_path):
    rows = json.loads(write(bare, FileFormat.json, tmp_path / "x.json").read_text("utf-8"))
    assert [row["amount_kr"] for row in rows if row["basis"] == "reported"] == [
        "9999999999999999.99"
    ]


def test_a_workbook_has_typed_cells_and_danish_headings(bare, tmp_path):
    heading, *rows = read_sheet(write(bare, FileFormat.xlsx, tmp_path / "x.xlsx"))
    assert heading == ["Organisation", "Dato", "Beløb", "Personer", "Kendt", "Grundlag", "note"]
    [row] = [row for row in rows if row[6] == "=1+1"]
    assert row == ["clean", 44926, Decimal("-0.10"), None, False, "published", "=1+1"]
    [exact] = [row[2] for row in rows if row[5] == "reported"]
    assert exact == Decimal("9999999999999999.99")


def test_the_second_sheet_says_where_the_rows_are_from(bare, tmp_path):
    cells = read_sheet(write(bare, FileFormat.xlsx, tmp_path / "x.xlsx"), 2)
    text = "\n".join(" | ".join(str(cell) for cell in row if cell) for row in cells)
    for words in (
        bare.release_id,
        "One row per thing of mart_money.",
        "published: trykt i et dokument | 2 rækker",
        "sample: opdigtede eksempeldata, ikke virkelige tal | 1 række",
        "Innovationskraft | DFiR | 2024 | 002.txt",
        "Beløb | amount_kr | kroner | The amount_kr.",
        # the heading says that a text without a Danish translation is in English
        "Beskrivelse (engelsk) | One row",
        "Må lægges sammen | Beskrivelse (engelsk)",
    ):
        assert words in text
    assert "Koder" not in text


def test_the_second_sheet_has_danish_descriptions(bare):
    columns = {
        "amount_kr": ColumnDescription("Beløb", "Amount", "kr", "Money.", "yes", "Penge."),
        "own": ColumnDescription(),
    }
    table = TableDescription("evaluation.mart_money", "One row.", "En række.", columns=columns)
    answer = Answer(bare, bare.arrow("select 1 as amount_kr, 2 as own"), tables={table.name: table})
    lines = [*describe_answer(answer)]
    assert ("Beskrivelse", "En række.") in lines
    assert ("Kolonner", "Navn", "Enhed", "Må lægges sammen", "Beskrivelse") in lines
    assert ("Beløb", "amount_kr", "kroner", "ja", "Penge.") in lines
    assert ("own", "own", "", "", "") in lines
    assert "engelsk" not in str(lines)


def test_the_second_sheet_names_codes_in_danish(tmp_path):
    names = "as t (basis_id, name_da, kind, kind_da)"
    tables = {
        **TABLES,
        "bi.basis": "from (values ('published', 'Trykt', 'p', 'På tryk'), "
        f"('x', 'X', 'q', null)) {names}",
        "bi.day": "select date '2021-12-31' as day_id, 'Sidste dag' as name_da",
        "bi.note": "select '=1+1' as note_id, '=1+1' as name_da",
    }
    release = write_release(tmp_path / "release", tables)
    sql = "select *, 'p' as kind, basis as basis_id from evaluation.mart_money"
    lines = [*describe_answer(answer_query(release, sql))]
    start = lines.index(("Koder", "Kode", "Betydning"))
    assert lines[start + 1 :] == [
        ("Grundlag", "published", "Trykt"),
        ("kind", "p", "På tryk"),
        ("basis_id", "published", "Trykt"),
        (),
        ("SQL", sql),
    ]


def test_the_second_sheet_describes_a_metric_in_danish(bare):
    metric = TableDescription("staff", "Staff.", "Ansatte i alt.", label_da="Årsværk")
    rows = bare.arrow("select 1 as staff")
    lines = [*describe_answer(Answer(bare, rows, "select 1", {"staff": metric}, is_metric=True))]
    start = lines.index(("Nøgletal", "staff"))
    assert lines[start + 1 : start + 3] == [
        ("Betegnelse", "Årsværk"),
        ("Beskrivelse", "Ansatte i alt."),
    ]
    assert "engelsk" not in str(lines)
    assert lines[-1] == ("SQL", "select 1")


def test_a_query_has_the_headings_of_its_tables(bare):
    answer = answer_query(
        bare,
        "select basis, sum(amount_kr) as amount_kr, 1 as own from evaluation.mart_money group by 1",
    )
    assert answer.headings == ["Grundlag", "Beløb", "own"]


@pytest.mark.parametrize("file_format", [FileFormat.xlsx, FileFormat.parquet])
def test_tables_read_back_have_the_hash_of_the_manifest(bare, tmp_path, file_format):
    names = public_tables(bare)
    assert len(names) == 3
    write_tables(bare, names, file_format, tmp_path / "out")
    require_hashes(bare, tmp_path / "out", file_format)


@pytest.mark.slow
@pytest.mark.parametrize("file_format", [FileFormat.xlsx, FileFormat.parquet])
def test_every_mart_read_back_has_the_hash_of_the_manifest(sampled, tmp_path, file_format):
    release = open_release(home=sampled)
    write_tables(release, public_tables(release), file_format, tmp_path / "out")
    require_hashes(release, tmp_path / "out", file_format)


def require_hashes(release, folder, file_format):
    for name, expected in hashed_tables(release, public_tables(release)).items():
        path = folder / f"{name.partition('.')[2]}{file_format.suffix}"
        if file_format is FileFormat.parquet:
            assert hash_of_parquet(name, path) == expected, name
        else:
            rows = list(rows_of_workbook(release, name, path))
            assert hash_of_rows(release, name, rows) == expected, name


def test_the_parquet_files_of_a_release_have_the_hash_of_the_manifest(published):
    release = open_release(home=published)
    for name, expected in hashed_tables(release, public_tables(release)).items():
        schema, _, table = name.partition(".")
        path = release.path / ("bi" if schema == "bi" else "marts") / f"{table}.parquet"
        assert hash_of_parquet(name, path) == expected, name


@pytest.mark.parametrize("file_format", list(FileFormat))
def test_a_full_disk_leaves_the_former_file_and_nothing_else(
    bare, tmp_path, monkeypatch, file_format
):
    path = tmp_path / "x"
    path.write_text("former")

    def full(_descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(MachineError, match="the disk is full: free some space, and run again"):
        write(bare, file_format, path)
    assert [one.name for one in tmp_path.iterdir()] == ["x"]
    assert path.read_text() == "former"


def test_a_file_that_is_open_in_excel_is_one_sentence(bare, tmp_path, monkeypatch):
    path = tmp_path / "x.xlsx"
    path.write_text("former")

    def is_open(_draft, _target):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "replace", is_open)
    with pytest.raises(MachineError, match="it is open in another program, such as Excel"):
        write(bare, FileFormat.xlsx, path)
    assert [one.name for one in tmp_path.iterdir()] == ["x.xlsx"]
    assert path.read_text() == "former"


def test_all_tables_replace_an_earlier_export_only(bare, tmp_path):
    folder = tmp_path / "out"
    for _ in range(2):
        files = write_tables(bare, public_tables(bare), FileFormat.danish_csv, folder)
        assert {file.name for file in files} | {"export.json"} == {
            file.name for file in folder.iterdir()
        }
    assert [one.name for one in tmp_path.iterdir()] == ["out"]
    (folder / "export.json").unlink()
    with pytest.raises(InputError, match="holds files that are not an earlier export"):
        write_tables(bare, public_tables(bare), FileFormat.danish_csv, folder)


@pytest.mark.parametrize(
    ("path", "says"),
    [("nowhere/x.csv", "nowhere is not a folder"), (".", "is a folder: give the name of a file")],
)
def test_an_odd_path_is_refused(bare, tmp_path, path, says):
    with pytest.raises(InputError, match=says):
        write(bare, FileFormat.csv, tmp_path / path)


def test_too_long_a_text_for_a_cell_is_refused(bare, tmp_path):
    answer = answer_query(bare, "select repeat('x', 40000) as long")
    with pytest.raises(InputError, match="a cell holds at most 32,767 characters, and row 1"):
        write_answer(answer, FileFormat.xlsx, tmp_path / "x.xlsx")
    assert not list(tmp_path.iterdir())


def test_odd_values_have_cells(bare, tmp_path):
    sql = "select 'nan'::double as a, [1, 2] as b, date '1850-01-01' as c, 1.5::double as d"
    write_answer(answer_query(bare, sql), FileFormat.xlsx, tmp_path / "x.xlsx")
    [_, row] = read_sheet(tmp_path / "x.xlsx")
    assert row == ["nan", "[1, 2]", "1850-01-01", Decimal("1.5")]


def test_columns_of_one_name_are_refused_where_names_count(bare, tmp_path):
    answer = answer_query(bare, "select 1 as a, 2 as a")
    for file_format in (FileFormat.json, FileFormat.parquet):
        with pytest.raises(InputError, match="two columns have the same name"):
            write_answer(answer, file_format, tmp_path / "x")
    write_answer(answer, FileFormat.xlsx, tmp_path / "x.xlsx")


def test_parquet_is_read_by_duckdb(bare, tmp_path):
    path = write(bare, FileFormat.parquet, tmp_path / "x.parquet")
    assert duckdb.sql(f"select sum(amount_kr) from '{path}'").fetchone() == (
        Decimal("10000000001234567.39"),
    )

"""Test ``klynge query`` and ``klynge export``: tables on a screen, notes, formats and wrong use."""

import csv
import io

import pytest

from cli.answer_table import ROWS_SHOWN
from tests.bare_release import write_release
from tests.conftest import klynge_in_process

NUMBERS = "select range as n from range(100)"


@pytest.fixture
def run(tmp_path, home, monkeypatch):
    """Run the command on a bare release, on a screen of a given width."""
    folder = write_release(tmp_path / "bare").path

    def call(*arguments, columns=""):
        monkeypatch.setenv("COLUMNS", columns)
        return klynge_in_process(home, *arguments, "--release", str(folder))

    return call


def test_a_table_shows_some_rows_and_how_to_get_all(run):
    lines = run("query", NUMBERS).stdout.splitlines()
    assert len(lines) == ROWS_SHOWN + 2
    assert lines[-1] == (
        "40 of 100 rows; --limit 0 shows all, and --out FILE writes them to a file"
    )
    assert run("query", NUMBERS, "--limit", "0").stdout.splitlines()[-1] == "100 rows"
    assert len(run("query", NUMBERS, "--format", "csv").stdout.splitlines()) == 101


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_table_fits_the_screen(run, columns):
    sql = "select 'x' || repeat('ø', 300) as long, * from evaluation.mart_money"
    done = run("query", sql, columns=str(columns))
    table = [line for line in done.stdout.splitlines() if "…" in line or line.startswith("long")]
    assert len(table) >= 5
    assert max(map(len, table[:5])) <= columns
    assert "long texts are cut with …" in done.stdout


def test_columns_without_room_are_named_and_numbers_are_whole(run):
    sql = "select null as nothing, amount_kr, organisation_id, basis from evaluation.mart_money"
    done = run("query", sql, columns="48")
    assert "3 of 4 columns fit the screen; not shown: nothing" in done.stdout
    assert "9999999999999999.99" in done.stdout


def test_what_steers_a_terminal_is_not_printed(run):
    done = run("query", r"select e'a\nb\x1b[31m' as t")
    assert "\x1b" not in done.stdout
    assert "a b" in done.stdout


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("from evaluation.mart_money", "note: 1 row is sample data"),
        ("from evaluation.mart_money where basis = 'published'", None),
        ("select count(*) as n from evaluation.mart_money", "computed from sample data"),
        ("select count(*) as n from klyngedata.evaluation.mart_money", "from sample data"),
        ("select sum(persons) as s from EVALUATION.Mart_Money", "computed from sample data"),
        ("select sum(amount_kr) as s from evaluation.mart_money where basis <> 'sample'", None),
        ("with m as (from evaluation.mart_money) select persons from m", "from sample data"),
        ("select count(*) as n from klyngedata.evaluation.mart_empty", None),
        ("from core.dim_document", None),
        ("select 1 as one", None),
        ("show tables", None),
    ],
)
def test_the_note_on_sample_data_is_about_these_rows(run, sql, says):
    done = run("query", sql)
    assert done.returncode == 0, done.stderr
    if says is None:
        assert "sample" not in done.stderr
    else:
        assert says in done.stderr


def test_a_file_is_written_in_the_format_of_its_name(run, tmp_path):
    for name in ("x.xlsx", "x.csv", "x.parquet", "x.json"):
        done = run("query", "from evaluation.mart_money", "--out", str(tmp_path / name))
        assert done.returncode == 0, done.stderr
        assert (tmp_path / name).stat().st_size


def test_danish_csv_can_be_piped(run):
    done = run("query", "from evaluation.mart_money", "--format", "csv-da")
    [row, *_] = csv.DictReader(io.StringIO(done.stdout.removeprefix("﻿")), delimiter=";")
    assert row["Beløb"] == "1234567,50"


def test_a_table_or_all_tables_are_exported(run, tmp_path):
    done = run("export", "mart_money", "--out", str(tmp_path / "money.xlsx"))
    assert "note: 1 row is sample data" in done.stderr
    done = run("export", "--all", "--format", "csv-da", "--out", str(tmp_path / "all"))
    assert done.stdout == f"3 files in {tmp_path / 'all'}\n"
    assert len(list((tmp_path / "all").iterdir())) == 4


def test_a_lake_is_exported(run, tmp_path):
    arguments = ("export", "ducklake", "--out", str(tmp_path / "lake"))
    assert "has a new snapshot with release" in run(*arguments).stdout
    assert "already: nothing was added" in run(*arguments).stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["query", "select 1", "--format", "xlsx"], "--format xlsx needs --out FILE"),
        (["query", "select 1", "--out", "x.doc"], "give --format xlsx, csv-da, csv, parquet or"),
        (["query", "select 1", "--format", "table", "--out", "x.csv"], "is for the screen"),
        (["export"], "name a table, or give --all"),
        (["export", "mart_money", "--all"], "name a table, or give --all"),
        (["export", "mart_money"], "--out is missing"),
        (["export", "mart_mony", "--out", "x.csv"], "did you mean mart_money"),
        (["export", "mart_money", "--out", "x"], "give --format"),
        (["export", "postgres"], "`klynge export postgres`, which needs it"),
        (["export", "mart_money", "--url", "postgresql://"], "`klynge export postgres`, which"),
    ],
)
def test_wrong_use_is_one_sentence(run, tmp_path, monkeypatch, arguments, says):
    monkeypatch.chdir(tmp_path)
    done = run(*arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("x")]


def test_a_server_that_is_not_there_is_one_sentence(run):
    done = run("export", "postgres", "--url", "postgresql://reader:secret@127.0.0.1:9/klynge")
    assert done.returncode == 3
    assert "the PostgreSQL server does not answer" in done.stderr
    assert "secret" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1

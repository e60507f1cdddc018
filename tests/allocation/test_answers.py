"""The output of ``klynge allocate``."""

import csv
import json

import pytest
from python_calamine import CalamineWorkbook

from tests.allocation.files import CALL, HEADER, small
from tests.conftest import klynge
from tests.intake.door import write

POT = ("--pot", "cluster=100")


@pytest.fixture(scope="module")
def said(published, tmp_path_factory):
    folder = tmp_path_factory.mktemp("allocate")
    path = small(folder)

    def run(*options):
        return klynge(published, "allocate", str(path), "--call", CALL, *POT, *options)

    return run


def test_a_table_has_totals_and_lambda(said):
    done = said()
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split()[:3] == ["organisation_id", "area_id", "grant_type"]
    assert [line.split()[-3:-1] for line in lines if line.startswith("clean")] == [
        ["0.969667", "29.09"]
    ]
    assert [line.split()[1] for line in lines if line.startswith("total")] == ["cluster", "all"]
    assert lines[-1] == (
        "pot cluster: 100.00 kr., spent; 100.00 kr. given; lambda = 4/33 = 0.121212121212"
    )


def test_csv_json_and_workbook_say_the_same(said, tmp_path):
    by_csv = list(csv.DictReader(said("--format", "csv").stdout.splitlines()))
    assert [(row["organisation_id"], row["recommended_amount_kr"]) for row in by_csv] == [
        ("clean", "29.09"),
        ("made", "70.91"),
        ("total", "100.00"),
        ("total", "100.00"),
    ]
    by_json = json.loads(said("--format", "json").stdout)
    assert [row["recommended_amount_kr"] for row in by_json["applications"]] == ["29.09", "70.91"]
    assert by_json["pots"][0]["lambda_numerator"] == "4"
    assert by_json["rule"] == "proportional"
    path = tmp_path / "out.xlsx"
    assert said("--format", "xlsx", "--out", str(path)).returncode == 0
    sheets = CalamineWorkbook.from_path(path)
    rows = sheets.get_sheet_by_name("allocation").to_python()
    place = rows[0].index("recommended_amount_kr")
    assert [row[place] for row in rows[1:]] == [29.09, 70.91, 100, 100]
    [names, pot] = sheets.get_sheet_by_name("pots").to_python()
    assert pot[names.index("lambda_denominator")] == "33"


def test_what_is_worth_knowing_stands_beside_the_answer(said):
    assert "minimum of each criterion is not checked" in said("--format", "csv").stderr


@pytest.mark.parametrize("answer", ["table", "csv", "json"])
def test_a_small_lambda_has_all_its_digits(published, tmp_path, answer):
    path = write(tmp_path, "large.csv", HEADER, "clean;tourism;cluster;10162796;7,67")
    options = ("--call", CALL, "--pot", "cluster=0.01", "--format", answer)
    done = klynge(published, "allocate", str(path), *options)
    assert "0.000000000128" in done.stdout
    assert "E-" not in done.stdout


def test_an_unknown_organisation_is_told_of_and_shared_with(published, tmp_path):
    path = write(tmp_path, "new.csv", HEADER, "newcomer;tourism;cluster;30;8")
    done = klynge(published, "allocate", str(path), "--call", CALL, "--format", "csv")
    assert "newcomer" in done.stderr
    assert ",30.00," in done.stdout


def test_a_misspelt_organisation_gets_the_name_it_may_be(published, tmp_path):
    path = write(tmp_path, "misspelt.csv", HEADER, "am_hubb;advanced_production;cluster;30;8")
    done = klynge(published, "allocate", str(path), "--call", CALL)
    assert "am_hubb (did you mean am_hub?)" in done.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--format", "xlsx"), "name it with --out"),
        (("--out", "x.txt"), "--format csv, json or xlsx"),
        (("--format", "csv", "--out", "nowhere/x.csv"), "nowhere is not a folder: create it"),
        (("--pot", "cluster"), "write a grant type and kroner"),
        (("--pot", "cluster=1"), "twice"),
        (("--pot", "innovation=much"), "is not a number"),
        (("--minimum-average", "high"), "--minimum-average 'high' is not a number"),
        (("--rule", "equal_share"), "did you mean equal_share_capped?"),
    ],
)
def test_options_that_cannot_be_used_say_why(said, options, words):
    done = said(*options)
    assert done.returncode == 2
    assert words in done.stderr
    assert not done.stdout


def test_a_faulty_file_is_told_of_line_by_line_and_nothing_is_shared(published, tmp_path):
    path = write(tmp_path, "faulty.csv", HEADER, "clean;tourism;cluster;-30;8", "made;x;cluster;;7")
    done = klynge(published, "allocate", str(path), "--call", CALL, "--language", "da")
    assert done.returncode == 2
    assert not done.stdout
    first, *others, last = done.stderr.splitlines()
    assert first.startswith("faulty.csv, linje 2, Ansøgt beløb (applied_amount_kr): '-30': uden")
    assert len(others) == 2
    assert "har 3 fejl" in last
    in_english = klynge(published, "allocate", str(path), "--call", CALL)
    assert "line 2" in in_english.stderr
    assert "has 3 faults" in in_english.stderr


def test_a_file_that_is_not_there(published, tmp_path):
    done = klynge(published, "allocate", str(tmp_path / "no.csv"), "--call", CALL)
    assert done.returncode == 2
    assert f"{tmp_path / 'no.csv'} is not there" in done.stderr

"""Test the command's answers and exit codes, and that errors are messages without tracebacks."""

import csv
import io
import json
import re
import subprocess
import sys

import pytest

from klynge import checkout
from klynge.home import Home
from tests.conftest import klynge


def test_a_query_finds_a_figure_by_document_line_and_value(published):
    done = klynge(
        published,
        "query",
        "select f.value, f.unit, f.printed_text from core.fct_published_figures f "
        "join core.dim_document d using (document_id) "
        "where d.file_name like '003%' and f.line_number = 2091 and f.value = 494.37",
        "--format",
        "csv",
    )
    assert done.returncode == 0, done.stderr
    [row] = csv.DictReader(io.StringIO(done.stdout))
    assert row == {"value": "494.370000", "unit": "mio_kr", "printed_text": "494,37"}


def test_json_keeps_decimals_and_danish_text(published):
    done = klynge(
        published, "query", "select 1.10::decimal(18, 2) as beløb, 'æøå' as t", "--format", "json"
    )
    assert json.loads(done.stdout) == [{"beløb": "1.10", "t": "æøå"}]


def test_a_table_is_not_cut_when_piped(published):
    long = "x" * 300
    select = f"select '{long}' as wide, 2.500::decimal(9, 3) as number"
    done = klynge(published, "query", select, COLUMNS="")
    assert long in done.stdout
    assert " 2.5" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("query", "select * from nowhere.table"), "the query failed"),
        (("query", "delete from core.dim_document"), "give exactly one query that reads"),
        (("query", ""), "give exactly one query that reads"),
        (("query", "select 1; select 2"), "give exactly one query that reads"),
        (("query", "copy (select 1) to 'x.csv'"), "give exactly one query that reads"),
        (("query", "select 1 as a, 2 as a", "--format", "json"), "two columns have the same name"),
        (("query", "select 1", "--release", "1999"), "no release '1999'"),
        (("verify-documents", "--documents", "/nowhere"), "is not a folder"),
        (("releases", "rollback", "1999"), "no release '1999'"),
    ],
)
def test_wrong_use_is_a_message_and_exit_code_2(published, arguments, says):
    done = klynge(published, *arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_published_yet(tmp_path):
    done = klynge(Home(tmp_path), "query", "select 1")
    assert done.returncode == 2
    assert "run `klynge nightly`" in done.stderr
    assert klynge(Home(tmp_path), "status").returncode == 1


def test_a_home_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    done = klynge(Home(tmp_path / "file" / "home"), "nightly")
    assert done.returncode == 3
    assert "cannot write to" in done.stderr
    assert "KLYNGE_HOME" in done.stderr
    assert "Traceback" not in done.stderr


def test_status_for_a_person_and_for_a_monitor(published):
    done = klynge(published, "status")
    assert done.returncode == 4, done.stdout
    assert "healthy" not in done.stdout
    assert "submissions past their due date are missing; the warehouse has no other" in done.stdout
    monitored = klynge(published, "status", "--json")
    assert monitored.returncode == 4
    facts = json.loads(monitored.stdout)
    assert facts["state"] == "reporters_behind"
    assert facts["due"] == len(facts["missing"]) >= 99
    assert facts["problems"] == []
    assert facts["last_run"]["outcome"] == "published"


def test_releases_are_listed_and_shown(published):
    listed = klynge(published, "releases", "list")
    assert "→" in listed.stdout
    shown = klynge(published, "releases", "show")
    assert "evaluation.mart_funding_mix" in shown.stdout
    assert "performance_account_2018" in shown.stdout


def test_the_documents_are_verified(published, documents):
    done = klynge(published, "verify-documents", "--documents", str(documents))
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\d{4} cells in 5 documents, 0 failures", done.stdout)


def test_light_commands_import_no_framework():
    code = (
        "import sys, cli.main; cli.main.make_app(); "
        "print([m for m in ('dagster', 'dbt', 'great_expectations', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=checkout.ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"

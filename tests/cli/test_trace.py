"""Test the sub-commands, formats and messages of ``klynge trace``."""

import csv
import io
import json
import re
import subprocess
import sys

import pytest

from klynge import checkout
from klynge.home import Home
from klynge.releases.reading import open_release
from klynge.warehouse.schemas import OVERVIEWS
from tests.conftest import klynge

FINANCING = ("indicator_id=total_financing", "breakdown=total", "year=2018")

ATTENDANCE = {
    "organisation_id": "made",
    "period_id": "2021",
    "activity_type_id": "internationalisation",
    "participant_type": "company",
    "basis": "sample",
}


def test_files_are_written_for_their_owner_alone(sampled, tmp_path):
    out = tmp_path / "trace.html"
    key = [f"{name}={value}" for name, value in ATTENDANCE.items()]
    options = ("--column", "average_participants", "--format", "html", "--out", str(out))
    done = klynge(sampled, "trace", "mart_activity_attendance", *key, *options)
    assert done.returncode == 0, done.stderr
    assert "PROVED" in out.read_text("utf-8").upper()
    assert out.stat().st_mode & 0o077 == 0
    assert "restricted edition" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("mart_claims", "year:2018", "--column", "verdict"), "is not KEY=VALUE"),
        (("figure", "mart_claims", "year:2018", "--column", "verdict"), "is not KEY=VALUE"),
        (("mart_claims", "--figure", "x"), "use `klynge trace cell FIGURE_ID`"),
        (("--figure=x",), "use `klynge trace cell FIGURE_ID`"),
        (("--forward", "a#1"), "use `klynge trace forward ROW_KEY`"),
        (("activities", "--coverage"), "use `klynge trace coverage [DATASET…]`"),
        (("mart_claims", "--verify"), "use `klynge trace verify [MART]`"),
        (("--all", "--sample", "2"), "use `klynge trace verify`"),
        (("verify", "mart_claims", "--format", "html"), "'html' is not one of"),
        (("verify", "--out", "x.txt"), "--out writes json, csv or html"),
        (("mart_claims", "--column", "verdict", "--out", "x.txt"), "choose one with --format"),
        (("forward",), "Missing argument 'ROW_KEY'"),
        (("verify", "mart_claim"), "did you mean mart_claims"),
    ],
)
def test_wrong_use_is_a_message(published, arguments, says):
    done = klynge(published, "trace", *arguments)
    assert done.returncode == 2, done.stdout
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_figure_is_the_sub_command_that_need_not_be_written(published):
    asked = ("mart_performance_development", *FINANCING, "--column", "value", "--format", "json")
    short, long = klynge(published, "trace", *asked), klynge(published, "trace", "figure", *asked)
    assert short.returncode == 0, short.stderr
    assert short.stdout == long.stdout
    content = json.loads(short.stdout)
    assert content["version"] == 1
    assert {"table", "column", "key", "value", "text", "unit"} <= content["figure"].keys()
    assert {"status", "reasons", "considered", "sql", "tables", "files"} == content["proof"].keys()


def test_a_cell_is_traced_from_the_command(published):
    cell = "dfir_2024#t6.made.internationalisation.company"
    done = klynge(published, "trace", "cell", cell)
    assert done.returncode == 0, done.stderr
    assert re.search(
        r"^PROVED: rebuilding from these? [\d,]+ source rows? alone gives the same value\.$",
        done.stdout,
        flags=re.MULTILINE,
    )
    assert "printed in " in done.stdout


def test_help_lists_the_sub_commands(published):
    done = klynge(published, "trace", "--help")
    assert done.returncode == 0
    for command in ("figure", "cell", "forward", "coverage", "verify"):
        assert re.search(rf"^  {command} ", done.stdout, flags=re.MULTILINE), done.stdout
    assert klynge(published, "trace").returncode == 2


@pytest.mark.slow
def test_a_mart_is_verified_whole_or_in_part(published):
    done = klynge(published, "trace", "verify", "mart_activity_attendance", "--format", "json")
    assert done.returncode == 0, done.stderr
    [verdict] = json.loads(done.stdout)
    assert verdict["rows"] == sum(verdict["statuses"].values()) == 85
    assert "failed" not in verdict["statuses"]
    options = ("--sample", "2", "--seed", "7", "--format", "csv")
    part = klynge(published, "trace", "verify", *options)
    assert part.returncode == 0, part.stderr
    marts = list(csv.DictReader(io.StringIO(part.stdout)))
    folder = open_release(home=published).path
    files = {path.stem for name in ("marts", "bi") for path in (folder / name).iterdir()}
    # a mart that counts the rows of all other marts is not traced
    assert len(marts) == len(files - OVERVIEWS)
    assert {row["rows"] for row in marts} <= {"0", "1", "2"}


@pytest.mark.slow
def test_the_same_seed_verifies_the_same(published):
    options = ("--sample", "2", "--format", "csv", "--seed", "7")
    first, second = (klynge(published, "trace", "verify", *options) for _ in range(2))
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout


@pytest.mark.slow
def test_every_raw_row_reaches_a_figure_or_is_left_out_by_name(sampled):
    done = klynge(sampled, "trace", "coverage", "activities", "--format", "json")
    assert done.returncode == 0, done.stderr
    [covered] = json.loads(done.stdout)
    left_out = sum(one["rows"] for one in covered["left_out"])
    assert covered["rows"] == covered["reach_a_figure"] + left_out > 0
    assert covered["unaccounted"] == 0
    clauses = {by["clause"] for one in covered["left_out"] for by in one["by"]}
    assert any("cluster_grant_funded" in clause for clause in clauses)


@pytest.mark.slow
def test_coverage_is_told_in_words(sampled):
    text = klynge(sampled, "trace", "coverage", "activities")
    assert "0 are unaccounted for" in text.stdout
    assert "cluster_grant_funded" in text.stdout


def test_tracing_imports_no_framework(published):
    code = (
        "import sys; from cli.main import make_app;"
        "make_app()(['trace', 'verify', 'mart_claims', '--sample', '1'], standalone_mode=False);"
        "print([m for m in ('dagster', 'dbt', 'great_expectations') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=checkout.ROOT,
        env={"KLYNGE_HOME": str(published.root), "PYTHONPATH": str(checkout.ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_nothing_to_trace_yet(tmp_path):
    done = klynge(Home(tmp_path), "trace", "verify", "mart_claims")
    assert done.returncode == 2
    assert "run `klynge nightly`" in done.stderr

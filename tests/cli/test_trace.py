"""``klynge trace``: figures walked to their lines, files and rows, with proof; or why not."""

import csv
import io
import json
import re
import shutil
import subprocess
import sys
from decimal import Decimal

import duckdb
import pytest

from klynge import checkout, raw_zone
from klynge.errors import InputError
from klynge.home import Home
from klynge.releases.publishing import prune, writable
from klynge.releases.reading import DATABASE, RESTRICTED, open_release
from klynge.tracing.auditor import auditor
from klynge.tracing.renderings import report_csv, report_html, report_json
from tests.conftest import klynge

FINANCING = ("indicator_id=total_financing", "breakdown=total", "year=2018")
ATTENDANCE = {
    "organisation_id": "made",
    "period_id": "2021",
    "activity_type_id": "internationalisation",
    "participant_type": "company",
    "basis": "sample",
}


@pytest.fixture(scope="module")
def on_print(published):
    with auditor(published, open_release(home=published)) as told:
        yield told


@pytest.fixture(scope="module")
def on_sample(sampled):
    with auditor(sampled, open_release(home=sampled)) as told:
        yield told


@pytest.fixture
def copied(published, home):
    """A copy of the home with the printed release, which a test may damage."""
    shutil.copytree(published.root, home.root, symlinks=True, dirs_exist_ok=True)
    return home


def archived(home, source):
    """The rows of a submitted file as it was received, by their number."""
    lines = (home.archive / source.sha256).read_text(encoding="utf-8-sig").splitlines()
    reader = csv.DictReader(lines, delimiter=";" if ";" in lines[0] else ",")
    return dict(enumerate(reader, start=1))


def test_a_printed_figure_is_traced_to_its_lines(published, documents):
    done = klynge(
        published, "trace", "mart_performance_development", *FINANCING, "--column", "value"
    )
    assert done.returncode == 0, done.stderr
    first, names, printed, *_ = done.stdout.splitlines()
    assert first == "Value: 494.37 million kroner"
    assert "Financing without in kind" in names
    assert printed.strip() == "printed in 003_c7b0bf553b7474fa.txt line 2091: 494,37"
    assert "PROVED" in done.stdout
    assert "raw.published_cells" in done.stdout
    lines = (documents / "003_c7b0bf553b7474fa.txt").read_text(encoding="utf-8").split("\n")
    shown = re.findall(r"^  line (\d+): (.+)$", done.stdout, flags=re.MULTILINE)
    assert shown
    for number, text in shown:
        assert text in lines[int(number) - 1]


def test_a_change_is_traced_to_the_two_years_it_is_between(on_print):
    key = dict(part.split("=") for part in FINANCING)
    report = on_print.report("mart_performance_development", key, "change")
    [source] = [one for one in report.sources if one.table == "raw.published_cells"]
    texts = {place["source_row_key"]: place["printed_text"] for place in source.places}
    now, before = (
        texts[f"performance_account_2018#perf.total_financing.{year}"] for year in (2018, 2017)
    )
    now, before = (Decimal(text.replace(",", ".")) for text in (now, before))
    assert report.figure.value == round(100 * (now - before) / before, 1)
    assert report.proof.status == "proved"
    assert (
        source.sha256
        == on_print.release.manifest["inputs"]["documents"]["performance_account_2018"]
    )


def test_attendance_is_traced_to_activities_files_and_rows(on_sample):
    report = on_sample.report("mart_activity_attendance", ATTENDANCE, "average_participants")
    assert report.proof.status == "proved"
    by_table = {source.table: source for source in report.sources}
    activities, participants = by_table["raw.activities"], by_table["raw.participants"]
    for source in (activities, participants):
        assert source.about["reporter"] == "sample"
        assert source.about["accepted_by"]
        assert source.about["received_at"]
        assert source.rows == len(source.places)
        assert source.file == f"{source.about['dataset']}_2021.csv"
    held = [archived(on_sample.home, activities)[place["row"]] for place in activities.places]
    came = [archived(on_sample.home, participants)[place["row"]] for place in participants.places]
    assert {row["organisation_id"] for row in held} == {"made"}
    assert {row["participant_type"] for row in came} == {"company"}
    assert {row["activity_id"] for row in came} <= {row["activity_id"] for row in held}
    assert report.figure.value == round(Decimal(len(came)) / len(held), 6)


def test_an_award_is_traced_to_the_scores_and_amounts_of_its_pot(on_sample):
    key = {
        "call_id": "klyngeprogram_2025_2028",
        "scenario_id": "proportional_by_grant_type",
        "basis": "sample",
        "organisation_id": "clean",
        "grant_type_id": "cluster",
    }
    report = on_sample.report("mart_allocation", key, "recommended_amount_kr")
    assert report.proof.status in ("proved", "guarded")
    assert report.figure.unit == "kroner"
    by_table = {source.table: source for source in report.sources}
    scores, amounts = by_table["raw.criterion_scores"], by_table["raw.applications"]
    assert scores.about["dataset"] == "criterion_scores"
    scored = [archived(on_sample.home, scores)[place["row"]] for place in scores.places]
    applied = [archived(on_sample.home, amounts)[place["row"]] for place in amounts.places]
    own = {row["criterion_id"] for row in scored if row["organisation_id"] == "clean"}
    assert {name for name in own if name.startswith("cluster_2025")} == {
        f"cluster_2025_{letter}" for letter in ("a1", "a2", "b1", "b2", "b3")
    }
    # the others of the pot decide, too
    competing = {row["organisation_id"] for row in applied if row["grant_type"] == "cluster"}
    assert len(competing) > 1
    assert competing <= {row["organisation_id"] for row in scored}


def test_the_way_says_what_each_step_is_and_which_checks_it_passed(on_sample):
    report = on_sample.report("mart_activity_attendance", ATTENDANCE, "average_participants")
    steps = {step.table: step for step in report.steps}
    mart = report.steps[0]
    assert mart.table == "evaluation.mart_activity_attendance"
    assert (mart.rows, mart.kind) == (1, "mart")
    assert (on_sample.release.path / mart.file).read_text("utf-8") == mart.sql
    checks = {check.check_id for check in mart.checks}
    assert "attendance_is_plausible" in checks
    assert any(check.says.startswith("unique_grain(") for check in mart.checks)
    assert all(check.passed for step in report.steps for check in step.checks)
    assert steps["core.fct_participants"].kind == "core"
    assert steps["staging.stg_participants"].rows is None
    assert steps["raw.participants"].sql is None
    for step in report.steps:
        assert set(step.reads) <= steps.keys()
        assert step.rows is None or 0 < step.rows <= step.of


def test_a_printed_cell_is_traced_by_its_id(on_print):
    report = on_print.report_cell("dfir_2024#t6.made.internationalisation.company")
    assert report.figure.column == "value"
    assert report.figure.printed["figure_id"] == "dfir_2024#t6.made.internationalisation.company"
    assert report.proof.status == "proved"
    label = on_print.report_cell("am_hub_made_2025#criteria.cluster.a1.label")
    assert label.figure.column == "printed_text"


def test_the_forms_tell_the_same(on_sample):
    report = on_sample.report(
        "mart_activity_attendance", ATTENDANCE, "average_participants", shown_rows=3
    )
    content = json.loads(report_json(report))
    assert content["figure"]["value"] == str(report.figure.value)
    assert content["proof"]["status"] == "proved"
    assert content["release"]["release_id"] == on_sample.release.release_id
    rows = list(csv.DictReader(io.StringIO(report_csv(report))))
    assert len(rows) == report.source_rows
    people = [row for row in rows if row["table"] == "raw.participants"]
    assert all(row["source_row_key"] == f"{row['load_id']}#{row['row']}" for row in people)
    page = report_html(report)
    assert not re.search(r"""(src|href)\s*=|@import|url\(""", page)
    assert "participants_2021.csv" in page
    assert "owner of the restricted edition" in page
    for step in report.steps:
        assert step.table in page
        assert len(step.shown) <= 3


def test_a_page_shows_text_as_text(on_print):
    page = report_html(on_print.report_cell("dfir_2024#t6.made.internationalisation.company"))
    assert "&lt;&gt;" in page or "&gt;" in page
    assert "<script" not in page


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
    ("mart", "key", "column", "says"),
    [
        ("mart_performance", {}, "value", "did you mean mart_performance_development"),
        ("stg_ledger", {}, "state", "is a step between the source and the marts"),
        ("int_ledger", {}, "state", "trace a figure of a table that reads it"),
        ("mart_performance_development", {"jear": "2018"}, "value", "did you mean year"),
        ("mart_performance_development", {"year": "2018"}, "valu", "did you mean value"),
        ("mart_performance_development", {"year": "2018"}, None, "name the column of the figure"),
        ("mart_performance_development", {"year": "2018"}, "value", "62 rows of"),
        ("mart_performance_development", {"year": "2018"}, "value", "choose one by indicator_id"),
        ("mart_performance_development", {"year": "2018"}, "value", "… and 42 more"),
        (
            "mart_performance_development",
            {"indicator_id": "total_finance", "breakdown": "total", "year": "2018"},
            "value",
            "indicator_id is: total_financing",
        ),
        ("core.fct_published_figures", {"figure_id": "x"}, "value", "figure_id is: "),
    ],
)
def test_what_cannot_be_traced_is_told_with_what_there_is(on_print, mart, key, column, says):
    with pytest.raises(InputError, match=re.escape(says)):
        on_print.report(mart, key, column)


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


def spoil(path):
    """Change one byte of a file that nobody should write."""
    path.chmod(0o600)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def test_an_altered_or_missing_raw_file_is_named_and_nothing_is_proved(copied):
    release = open_release(home=copied)
    [entry] = [
        one
        for one in release.manifest["inputs"]["loads"]
        if (one["dataset"], one["document_id"]) == ("published_cells", "performance_account_2018")
    ]
    rows = raw_zone.folder(copied, "published_cells", entry["load_id"]) / raw_zone.DATA
    asked = ("trace", "mart_performance_development", *FINANCING, "--column", "value")
    kept = copied.archive / entry["files"]["cells.csv"]
    original = kept.read_bytes()
    spoil(kept)
    done = klynge(copied, *asked)
    assert done.returncode == 1
    assert "UNPROVED" in done.stdout
    assert f"load {entry['load_id']}" in done.stdout
    assert "the file cells.csv was altered" in done.stdout
    kept.write_bytes(original)
    rows.unlink()
    done = klynge(copied, *asked)
    assert done.returncode == 1
    assert "its rows are missing" in done.stdout
    done = klynge(copied, "trace", "verify", "mart_claims")
    assert done.returncode == 1
    assert "nothing is proved" in done.stderr
    assert "its rows are missing" in done.stderr


def change_database(release, sql):
    with writable(release.path):
        path = release.path / DATABASE
        path.chmod(0o600)
        with duckdb.connect(str(path)) as connection:
            [(changed,)] = connection.execute(sql).fetchall()
    assert changed == 1


def test_rows_of_the_database_that_are_not_those_that_came_in_prove_nothing(copied):
    release = open_release(home=copied)
    change_database(
        release,
        "update raw.published_cells set note = 'changed'"
        " where cell_id = 'perf.total_financing.2018'",
    )
    with auditor(copied, release) as told:
        key = dict(part.split("=") for part in FINANCING)
        report = told.report("mart_performance_development", key, "value")
    assert report.proof.status == "unproved"
    assert "differ from the raw zone" in report.proof.reasons[0]


def test_a_figure_that_its_rows_do_not_give_has_failed(copied):
    release = open_release(home=copied)
    change_database(
        release,
        "update evaluation.mart_performance_development set value = value + 1"
        " where indicator_id = 'total_financing' and breakdown = 'total' and year = 2018",
    )
    done = klynge(copied, "trace", "mart_performance_development", *FINANCING, "--column", "value")
    assert done.returncode == 1
    assert "FAILED" in done.stdout
    verified = klynge(copied, "trace", "verify", "mart_performance_development")
    assert verified.returncode == 1
    assert "1 rows failed" in verified.stdout


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
    assert len(marts) == len(list((open_release(home=published).path / "marts").iterdir()))
    assert {row["rows"] for row in marts} <= {"0", "1", "2"}


@pytest.mark.slow
def test_the_same_seed_verifies_the_same(published):
    options = ("--sample", "2", "--format", "csv", "--seed", "7")
    first, second = (klynge(published, "trace", "verify", *options) for _ in range(2))
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout


def test_a_raw_row_is_followed_to_its_figures(sampled, on_sample):
    report = on_sample.report("mart_activity_attendance", ATTENDANCE, "average_participants")
    [people] = [one for one in report.sources if one.table == "raw.participants"]
    key = people.places[0]["source_row_key"]
    done = klynge(sampled, "trace", "forward", key, "--format", "json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["table"], told["row_key"]) == ("raw.participants", key)
    attendance = [
        one["key"]
        for one in told["destinations"]
        if one["mart"] == "evaluation.mart_activity_attendance"
    ]
    assert ATTENDANCE in attendance
    text = klynge(sampled, "trace", "forward", key)
    assert "evaluation.mart_activity_attendance: " in text.stdout
    assert "restricted edition" in text.stderr
    missing = klynge(sampled, "trace", "forward", "0123456789abcdef#1")
    assert missing.returncode == 2


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


def test_an_older_release_is_traced_by_its_own_code_and_inputs(copied):
    release = open_release(home=copied)
    key = dict(part.split("=") for part in FINANCING)
    with auditor(copied, release) as told:
        before = told.report("mart_performance_development", key, "value")
    with writable(release.path):
        (release.path / DATABASE).unlink()
    assert prune(copied) == []
    done = klynge(
        copied,
        *("trace", "mart_performance_development", *FINANCING),
        *("--column", "value", "--release", release.release_id, "--format", "json"),
    )
    assert done.returncode == 0, done.stderr
    after = json.loads(done.stdout)
    assert after["release"]["database_rebuilt"]
    assert after["proof"]["status"] == "proved"
    assert after["proof"]["sql"] == before.proof.sql
    assert after["proof"]["files"] == before.proof.files
    assert after["figure"]["value"] == str(before.figure.value)


def test_tracing_says_that_it_needs_the_edition_with_everything(sampled, home):
    shutil.copytree(sampled.root, home.root, symlinks=True, dirs_exist_ok=True)
    release = open_release(home=home)
    with writable(release.path / RESTRICTED):
        (release.path / RESTRICTED / DATABASE).unlink()
    done = klynge(home, "trace", "verify", "mart_staffing")
    assert done.returncode == 2
    assert "tracing needs the restricted edition" in done.stderr


def test_tracing_imports_no_framework(published):
    code = (
        "import sys; from cli.main import app;"
        "app(['trace', 'verify', 'mart_claims', '--sample', '1'], standalone_mode=False);"
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

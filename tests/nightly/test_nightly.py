"""Test the nightly job from end to end, on the real transcriptions, as a user runs it."""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from expectations.gate import gate_suites
from klynge import checkout, runs
from klynge.errors import LockedError
from klynge.home import UNFINISHED, Home
from klynge.print.transcription import read_transcriptions
from klynge.releases.manifest import sha256_of
from klynge.releases.reading import list_releases, open_release
from orchestration.nightly import run_nightly
from tests.conftest import copy_checkout, klynge

#: The run is killed this often; `make robustness` kills it 25 times.
KILLS = int(os.environ.get("KLYNGE_TEST_KILLS", "3"))


def hashes(home: Home) -> dict[str, str]:
    return {t["table"]: t["content_hash"] for t in open_release(home=home).manifest["tables"]}


def change_cell(root, document, cell_id, old, new):
    path = root / "seeds" / "documents" / document / "cells.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    [number] = [n for n, line in enumerate(lines) if line.startswith(f"{cell_id},")]
    assert old in lines[number]
    lines[number] = lines[number].replace(old, new, 1)
    path.write_text("".join(lines), encoding="utf-8")


#: These tables have no printed rows.
OF_SUBMISSIONS = {
    "fact_memberships",
    "fact_participations",
    "fact_staff",
    "fct_activities",
    "fct_company_population",
    "fct_criterion_scores",
    "fct_full_time_equivalents",
    "fct_load_areas",
    "fct_load_subjects",
    "fct_memberships",
    "fct_participants",
    "mart_company_mix",
    "mart_load_objections",
    "mart_print_comparison",
    "mart_retention",
    "mart_staffing",
}


def test_it_publishes_a_whole_release_and_says_so(published):
    release = open_release(home=published)
    manifest = release.manifest
    assert set(manifest["inputs"]["documents"]) == {
        "am_hub_made_2025",
        "cooperation_model_2019",
        "dfir_2024",
        "performance_account_2018",
        "programme_cover_2025",
    }
    assert manifest["gate"]["passed"]
    assert manifest["gate"]["checks"] >= 20
    cells = sum(len(t.cells) for t in read_transcriptions(checkout.SEEDS))
    assert manifest["basis"] == {"rows": {"published": cells}, "contains_sample": False}
    for name, digest in manifest["files"].items():
        assert sha256_of(release.path / name) == digest
    for table in manifest["tables"]:
        assert (table["rows"] > 0) == (table["table"] not in OF_SUBMISSIONS), table["table"]
        if table["kind"] == "mart":
            folder = "bi" if table["schema"] == "bi" else "marts"
            assert (release.path / folder / f"{table['table']}.parquet").is_file()
            assert list((release.path / "sql").rglob(f"{table['table']}.sql"))
    [run] = runs.list_runs(published)
    assert (run.outcome, run.release_id) == (runs.PUBLISHED, release.release_id)


def test_the_documentation_loads_nothing_from_outside(published):
    page = (open_release(home=published).path / "docs" / "index.html").read_text("utf-8")
    assert "mart_funding_mix" in page
    fetched = r"""(<(script|link|img|iframe)[^>]*\s(src|href)=|url\()["']?(https?:)?//"""
    assert not re.search(fetched, page)


def test_the_data_docs_are_in_the_release(published):
    release = open_release(home=published)
    pages = {path.stem for path in (release.path / "quality").glob("*.html")}
    assert pages == {"index", *(suite.name for suite in gate_suites())}
    assert (release.path / "quality" / "style.css").is_file()


@pytest.mark.long
def test_the_same_inputs_elsewhere_give_the_same_hashes(published, tmp_path):
    root = copy_checkout(tmp_path / "elsewhere")
    home = Home(tmp_path / "home")
    done = klynge(home, "nightly", root=root)
    assert done.returncode == 0, done.stderr
    assert hashes(home) == hashes(published)


@pytest.mark.slow
def test_one_changed_cell_changes_what_depends_on_it_and_nothing_else(published, tmp_path):
    root = copy_checkout(tmp_path / "changed")
    change_cell(root, "dfir_2024", "t6.clean.internationalisation.company", "13,4", "13,8")
    home = Home(tmp_path / "home")
    done = klynge(home, "nightly", root=root)
    assert done.returncode == 0, done.stderr
    before, after = hashes(published), hashes(home)
    changed = {table for table in before if before[table] != after[table]}
    assert changed == {
        "fct_published_figures",
        "mart_activity_attendance",
        "mart_figure_reconciliation",
    }


@pytest.mark.slow
def test_a_gate_that_says_no_publishes_nothing_and_shows_the_rows(tmp_path):
    root = copy_checkout(tmp_path / "spoilt")
    home = Home(tmp_path / "home")
    cell = "perf.total_financing.state.2016"
    change_cell(root, "performance_account_2018", cell, "107,16", "207,16")
    done = klynge(home, "nightly", root=root)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "every_contradiction_is_explained" in done.stderr
    assert "source: 003_c7b0bf553b7474fa.txt line 2022: 337,95" in done.stderr
    assert "Traceback" not in done.stderr
    assert list_releases(home) == []
    [run] = runs.list_runs(home)
    assert run.outcome == runs.REFUSED
    verdict = json.loads((home.runs / run.run_id / "gate.json").read_text(encoding="utf-8"))
    assert "every_contradiction_is_explained" in verdict["failed"]
    assert klynge(home, "status", root=root).returncode == 1
    shown = klynge(home, "quality", root=root)
    assert shown.returncode == 1
    assert shown.stdout.index("FAILED: every_contradiction_is_explained") < shown.stdout.index(
        "has_not_shrunk"
    )
    assert "source: 003_c7b0bf553b7474fa.txt line 2022: 337,95" in shown.stdout
    assert (home.runs / run.run_id / "quality" / "index.html").is_file()

    # after the repair, the release also shows the run that published nothing
    change_cell(root, "performance_account_2018", cell, "207,16", "107,16")
    done = klynge(home, "nightly", root=root)
    assert done.returncode == 0, done.stdout + done.stderr
    results = open_release(home=home).table("mart_quality_results")
    refused = results[results["run_id"] == run.run_id].set_index("check_id")
    assert len(refused) == verdict["checks"]
    row = refused.loc["every_contradiction_is_explained"]
    assert (row["outcome"], row["passed"], row["is_latest"]) == (runs.REFUSED, False, False)
    assert row["first_seen_at"] == row["started_at"]
    [failing] = json.loads(row["failing_rows"])
    assert failing["source"] == "003_c7b0bf553b7474fa.txt line 2022: 337,95"
    latest = results[results["is_latest"]]
    assert set(latest["release_id"]) == {open_release(home=home).release_id}
    assert latest["passed"].all()


@pytest.mark.slow
def test_a_contradiction_without_an_explanation_publishes_nothing_and_is_named(tmp_path):
    root = copy_checkout(tmp_path / "contradicted")
    home = Home(tmp_path / "home")
    cell = "perf.financing_per_employee.2015"
    change_cell(root, "performance_account_2018", cell, '"1,1"', '"1,4"')
    done = klynge(home, "nightly", root=root)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 check(s) failed, nothing was published" in done.stderr
    assert "FAILED: every_contradiction_is_explained" in done.stderr
    assert f"figure_id: performance_account_2018#{cell}" in done.stderr
    assert "rule_id: financing_per_employee" in done.stderr
    assert re.search(r"source: 003_c7b0bf553b7474fa.txt line \d+: 1,4", done.stderr)
    assert "Traceback" not in done.stderr
    assert list_releases(home) == []


@pytest.mark.slow
def test_a_finding_whose_evidence_is_gone_stops_the_build_and_is_named(tmp_path):
    root = copy_checkout(tmp_path / "corrected")
    home = Home(tmp_path / "home")
    cell = "figure.financing.other.amount"
    change_cell(root, "performance_account_2018", cell, "18,13", "18,31")
    done = klynge(home, "nightly", root=root)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "int_finding_evidence" in done.stderr
    assert "pie_chart_prints_the_other_sources_as_18_13" in done.stderr
    assert "Traceback" not in done.stderr
    assert list_releases(home) == []


@pytest.mark.slow
def test_an_error_in_the_transcription_is_one_clear_message(tmp_path):
    root = copy_checkout(tmp_path / "spoilt")
    home = Home(tmp_path / "home")
    change_cell(root, "programme_cover_2025", "prose.l35.pot", "662", "66 2")
    done = klynge(home, "nightly", root=root)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "cells.csv: 1 problem(s)" in done.stderr
    assert "'66 2' is not a number of format danish" in done.stderr
    assert "Traceback" not in done.stderr
    assert list_releases(home) == []


def copy_of(published: Home, target: Path) -> Home:
    """Copy a home in which a release is already published."""
    return Home(shutil.copytree(published.root, target, symlinks=True))


@pytest.mark.slow
def test_an_error_nobody_foresaw_is_a_message_and_leaves_its_trace(published, tmp_path):
    home = copy_of(published, tmp_path / "home")
    [broken, *_] = home.raw.glob("*/*/data.parquet")
    broken.write_bytes(b"no parquet")
    done = klynge(home, "nightly")
    assert done.returncode == 3, done.stdout + done.stderr
    assert "in a way nobody foresaw" in done.stderr
    assert "Traceback" not in done.stderr
    last = runs.list_runs(home)[-1]
    assert last.outcome == runs.FAILED
    assert (home.runs / last.run_id / "traceback.json").is_file()


@pytest.mark.long
def test_two_checkouts_may_share_a_home(published, tmp_path):
    home = copy_of(published, tmp_path / "home")
    root = copy_checkout(tmp_path / "elsewhere")
    cell = "perf.press_releases.2014"
    change_cell(root, "performance_account_2018", cell, "271,", "272,")
    labels = root / "seeds" / "reference" / "units.csv"
    labels.write_text(labels.read_text("utf-8").replace("kilograms", "kilos"), "utf-8")
    assert klynge(home, "nightly").returncode == 0
    assert hashes(home) == hashes(published)
    assert klynge(home, "nightly", root=root).returncode == 0
    assert open_release(home=home).query(
        "select label_en from core.dim_unit where unit = 'kilogram'"
    )["label_en"].to_list() == ["kilos"]


def test_a_draft_that_is_read_only_already_does_no_harm_to_an_ordinary_user(home):
    setpriv = shutil.which("setpriv")
    if setpriv is None or os.geteuid() != 0:
        pytest.skip("needs setpriv and the right to drop rights")
    draft = home.releases / f"{UNFINISHED}draft"
    (draft / "marts").mkdir(parents=True)
    (draft / "marts" / "file").touch()
    for folder in (draft / "marts", draft):
        folder.chmod(0o555)
    clear = "from klynge.home import Home; from pathlib import Path; Home(Path({!r})).clear()"
    subprocess.run(
        [setpriv, "--inh-caps=-all", "--bounding-set=-all", sys.executable, "-c",
         clear.format(str(home.root))],
        cwd=checkout.ROOT, check=True,
    )  # fmt: skip
    assert not draft.exists()


@pytest.mark.slow
def test_two_runs_at_once_are_refused(home):
    with home.locked():
        done = klynge(home, "nightly")
        # the schedule runs the job without the command
        with pytest.raises(LockedError):
            run_nightly(home)
    assert runs.list_runs(home) == []
    assert done.returncode == 3, done.stdout + done.stderr
    # the command names the process that writes
    assert f"(process {os.getpid()}, since " in done.stderr
    assert "is writing in" in done.stderr


@pytest.mark.long
def test_killed_at_any_moment_a_whole_release_stays_current(published, tmp_path):
    """The process group is killed at random moments; the next run works without manual repair."""
    home = copy_of(published, tmp_path / "home")
    expected, chance = hashes(published), random.Random(20210101)  # noqa: S311 - moments, no secrets
    longest = 12.0
    for _ in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-c", "from cli.main import main; main()", "nightly"],
            cwd=checkout.ROOT,
            env={**os.environ, "KLYNGE_HOME": str(home.root)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(chance.uniform(0.5, longest))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        release = open_release(home=home)
        assert hashes(home) == expected
        for name, digest in release.manifest["files"].items():
            assert sha256_of(release.path / name) == digest
    done = klynge(home, "nightly")
    assert done.returncode == 0, done.stderr
    assert hashes(home) == expected
    assert not list(home.root.glob(f"*/{UNFINISHED}*"))

"""Test what ``klynge status`` reports on runs, and what it shows to a user with few rights."""

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from klynge import checkout, runs
from klynge.home import Home
from klynge.intake.door import Door
from klynge.intake.inbox import land_inbox
from klynge.intake.retention import erase
from klynge.intake.submissions import which_loads_count
from klynge.raw_zone import read_ledger, withdraw
from klynge.releases.reading import DATABASE
from klynge.status.reading import read_status
from tests.conftest import klynge, klynge_in_process
from tests.submitted import at_rest, receive, staff_file


@pytest.fixture
def as_another_user():
    """Run the command without the superuser's rights."""
    setpriv = shutil.which("setpriv")
    if os.geteuid() == 0 and setpriv is None:
        pytest.skip("needs setpriv to drop the superuser's rights")
    drop = [setpriv, "--inh-caps=-all", "--bounding-set=-all"] if os.geteuid() == 0 else []

    def run(home: Home, *arguments: str):
        return subprocess.run(
            [*drop, sys.executable, "-c", "from cli.main import main; main()", *arguments],
            cwd=checkout.ROOT,
            env={**os.environ, "KLYNGE_HOME": str(home.root)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def protected(tmp_path, published):
    """Make a published home whose runs, loads, lock and refusals this user may not read."""
    home = Home(tmp_path / "home")
    shutil.copytree(published.root, home.root, symlinks=True)
    files = [home.root / "refused.json", home.root / "erasures.json"]
    for file in files:
        file.write_text("[]")
    parts = [home.lock_file, home.runs, home.raw, *files]
    modes = [part.stat().st_mode for part in parts]
    for part in parts:
        part.chmod(0)
    yield home
    for part, mode in zip(parts, modes, strict=True):
        part.chmod(mode)


def test_another_user_is_told_what_could_not_be_read(protected, as_another_user):
    done = as_another_user(protected, "status")
    assert done.returncode == 0, done.stderr
    for name in ("lock", "runs", "raw", "refused.json", "erasures.json"):
        assert f"not read  {protected.root / name}: permission denied" in done.stdout
    assert "healthy, as far as this user may read" in done.stdout
    assert "missing" not in done.stdout
    facts = json.loads(as_another_user(protected, "status", "--json").stdout)
    assert len(facts["unreadable"]) == 5
    assert facts["checks_passed"]


@pytest.mark.parametrize("command", ["quality", "loads list", "periods list"])
def test_what_another_user_may_not_read_does_not_seem_empty(protected, as_another_user, command):
    done = as_another_user(protected, *command.split())
    assert done.returncode == 3, done.stdout
    assert "permission denied; run this as its owner" in done.stderr


def test_a_home_that_nobody_else_may_read_is_one_message(home, as_another_user):
    home.root.chmod(0)
    done = as_another_user(home, "status")
    home.root.chmod(0o700)
    assert done.returncode == 3
    assert f"{home.root} cannot be read: permission denied" in done.stderr


def test_a_run_that_failed_before_its_first_step_says_so(home):
    runs.start(home, "one")
    runs.end(home, "one", runs.FAILED, reason="no disk")
    [problem] = [p for p in read_status(home).problems if "last run" in p]
    assert problem == "the last run (one) was stopped before its first step: no disk"


def test_who_writes_is_named(home):
    with home.locked("klynge load"):
        assert f"running   `klynge load` (process {os.getpid()}, since 20" in (
            klynge(home, "status").stdout
        )
        danish = klynge(home, "status", "--language", "da").stdout
        assert f"`klynge load` (proces {os.getpid()}, i gang siden " in danish
        assert "(dansk tid)" in danish


def publish_loads(home: Home) -> None:
    """Publish a release that has the loads that count now, and no other content."""
    loads = [load for load in which_loads_count(read_ledger(home)) if load.basis == "reported"]
    release = home.releases / "20260101T000000Z-00000000"
    release.mkdir(parents=True, exist_ok=True)
    (release / DATABASE).touch()
    manifest = {
        "created_at": datetime.now(UTC).isoformat(),
        "inputs": {"loads": [dict(vars(load)) for load in loads]},
        "basis": {"rows": {}, "contains_sample": False},
        "tables": [],
        "gate": {"checks": 1},
    }
    (release / "manifest.json").write_text(json.dumps(manifest))
    (home.releases / "current").symlink_to(release.name)


def test_rows_in_the_release_that_no_longer_count_are_named_with_what_to_do(home, tmp_path):
    door = Door.of(home)
    files = {year: f"full_time_equivalents_{year}" for year in ("2021", "2022", "2023")}
    withdrawn, corrected, kept = (
        receive(door, staff_file(tmp_path, name, {"ufs": f"{year[3]},5"}))
        for year, name in files.items()
    )
    publish_loads(home)
    assert (read_status(home).outdated, read_status(home).unpublished) == ([], [])

    withdraw(home, withdrawn, role="secretariat", reason="the wrong year")
    name = f"{files['2022']}_c1"
    correction = receive(door, staff_file(tmp_path, name, {"ufs": "9,5"}))
    told = klynge(home, "status").stdout
    assert (
        "the current release still has rows of this load: load "
        f"{withdrawn.load_id} (made full_time_equivalents 2021) is withdrawn by secretariat: "
        "the wrong year"
    ) in told
    assert f"{corrected.load_id} (made full_time_equivalents 2022) is replaced" in told
    assert f"load {correction.load_id} corrects it" in told
    assert f"load {correction.load_id} (made full_time_equivalents 2022) counts, and" in told
    assert "run `klynge nightly`" in told
    assert kept.load_id not in told
    facts = json.loads(klynge(home, "status", "--json").stdout)
    assert [loss["load_id"] for loss in facts["outdated"]] == [
        withdrawn.load_id,
        corrected.load_id,
    ]
    assert facts["unpublished"] == [correction.load_id]
    assert "er trukket tilbage" in klynge(home, "status", "--language", "da").stdout


def test_missing_submissions_are_listed_of_one_period_and_one_reporter(home):
    def run(*options):
        return klynge_in_process(home, "status", *options)

    everything = json.loads(run("--json").stdout)
    some = json.loads(run("--json", "--period", "2024", "--reporter", "clean").stdout)
    assert some["missing"] == [
        one for one in everything["missing"] if "clean " in one and "2024" in one
    ]
    assert len(some["missing"]) == some["due"] == 7
    told = run("--period", "2024", "--reporter", "clean").stdout
    assert "2024: 7 of 7 submissions" in told
    assert "participants" in told
    assert "made" not in told
    for options, hint in (
        (("--period", "2204"), "there is no period '2204': did you mean 2024?"),
        (("--reporter", "claen"), "there is no reporter 'claen': did you mean clean?"),
    ):
        wrong = run(*options)
        assert (wrong.returncode, hint in wrong.stderr) == (2, True), wrong.stderr
    nothing = run("--period", "2032", "--missing").stdout
    assert "none; no submission is past its due date" in nothing


def test_an_erased_submission_is_listed_as_erased_and_is_not_accepted(home, tmp_path):
    load = receive(Door.of(home), staff_file(tmp_path, "full_time_equivalents_2024", {"ufs": "1"}))
    assert read_status(home).erased == []
    erase(home, load, role="officer", reason="asked for")
    found = read_status(home)
    assert [one.slot for one in found.erased] == [load.slot]
    assert load.slot not in {one.slot for one in found.missing}
    told = klynge_in_process(home, "status", "--language", "da", "--reporter", "made").stdout
    assert "slettet     2024: 1 indberetning er slettet og tæller ikke med" in told
    [period] = [
        line.split()
        for line in klynge_in_process(home, "periods", "list").stdout.splitlines()
        if line.startswith("2024")
    ]
    assert period[-1] == "0"


def test_rows_that_an_agency_sends_for_a_cluster_organisation_are_not_missing(home, tmp_path):
    """The rows count while the agency's load counts, and only for the organisations in the load."""
    ours = [("2024", "full_time_equivalents", one) for one in ("clean", "made", "marlog")]

    def missing():
        slots = {(one.period, one.dataset, one.reporter) for one in read_status(home).missing}
        return [slot for slot in ours if slot in slots]

    assert missing() == ours
    path = staff_file(tmp_path, "full_time_equivalents_2024", {"ufs": "1"}, "clean")
    path.write_text(path.read_text() + "made;ufs;2,5\n")
    load = receive(Door.of(home), path, "erst")
    assert load.state == "loaded"
    assert missing() == ours[2:]
    counts = {(c.period, c.dataset): c.reported for c in read_status(home).reported}
    assert counts["2024", "full_time_equivalents"] == 2
    withdraw(home, load, role="secretariat", reason="the organisations report themselves")
    assert missing() == ours


def drop(home, name, text, reporter="made"):
    """Put a file into the inbox of a reporter, an hour old."""
    path = home.inbox / reporter / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    at_rest(path)
    return path


BAD = "organisation_id;staff_funder\nmade;ufs\n"


@pytest.mark.parametrize("name", ["full_time_equivalents_2024.csv", "Årsværk 24.csv"])
def test_a_refused_file_is_a_problem_until_a_correction_comes(home, tmp_path, name):
    path = drop(home, name, BAD)
    land_inbox(Door.of(home))
    told = klynge_in_process(home, "status").stdout
    assert f"inbox/made/{name} is refused" in told
    assert "to do     correct or delete 1 refused file in the inbox" in told
    receive(Door.of(home), staff_file(tmp_path, "full_time_equivalents_2024", {"ufs": "1"}))
    # the next nights refuse the file again, some for another reason
    for _ in range(2):
        land_inbox(Door.of(home))
        found = read_status(home)
        assert (found.refused, [one.place for one in found.settled]) == ([], [f"inbox/made/{name}"])
        assert not [one for one in found.problems if "refused" in one]
    told = klynge_in_process(home, "status", "--language", "da").stdout
    assert "1 afvist fil er siden rettet eller afgjort og kan slettes: inbox/made/" in told
    assert json.loads(klynge_in_process(home, "status", "--json").stdout)["settled"]
    # a changed file is a new attempt
    drop(home, name, BAD + "made;deb\n").touch()
    os.utime(path, (1_700_000_000, 1_700_000_000))
    land_inbox(Door.of(home))
    assert [one.place for one in read_status(home).refused] == [f"inbox/made/{name}"]


def test_a_correction_of_another_slot_or_number_leaves_the_refusal(home, tmp_path):
    drop(home, "full_time_equivalents_2024_c1.csv", BAD)
    drop(home, "full_time_equivalents_2023.csv", BAD, "clean")
    drop(home, "visitors.csv", BAD)
    land_inbox(Door.of(home))
    receive(Door.of(home), staff_file(tmp_path, "full_time_equivalents_2024", {"ufs": "1"}))
    assert len(read_status(home).refused) == 3
    receive(Door.of(home), staff_file(tmp_path, "full_time_equivalents_2024_c1", {"ufs": "2"}))
    assert len(read_status(home).refused) == 2


def test_the_file_of_a_decided_load_is_no_problem(home, tmp_path):
    path = staff_file(tmp_path, "full_time_equivalents_2024", {"ufs": "1"})
    withdraw(home, receive(Door.of(home), path), role="secretariat", reason="wrong")
    drop(home, path.name, path.read_text())
    [refusal] = land_inbox(Door.of(home))[1]
    assert "was withdrawn: wrong" in refusal.reason
    assert (read_status(home).refused, len(read_status(home).settled)) == ([], 1)


def test_a_record_of_refusals_of_an_older_version_can_be_read(home):
    path = drop(home, "full_time_equivalents_2024.csv", BAD)
    changed = path.lstat().st_mtime_ns
    place = "inbox/made/full_time_equivalents_2024.csv"
    (home.root / "refused.json").write_text(
        json.dumps([{"place": place, "changed": changed, "reason": "no header"}])
    )
    assert [one.reason for one in read_status(home).refused] == ["no header"]


def test_a_filtered_status_has_only_what_concerns_the_period_and_the_reporter(home, tmp_path):
    drop(home, "full_time_equivalents_2023.csv", BAD)
    drop(home, "full_time_equivalents_2024.csv", BAD, "clean")
    drop(home, "visitors.csv", BAD, "clean")
    door = Door.of(home, lambda *_: ["half as many rows as last year"])
    land_inbox(door)
    held = receive(door, staff_file(tmp_path, "full_time_equivalents_2024", {"ufs": "1"}))

    def told(*options):
        done = klynge_in_process(home, "status", *options)
        # the exit code is about everything
        assert done.returncode == 1
        assert "needs action: 5 problems" in done.stdout
        lines = done.stdout.splitlines()
        problems = [line for line in lines if line.startswith("problem")]
        return problems, [line for line in lines if line.startswith("to do")], done.stdout

    problems, to_do, everything = told()
    assert len(problems) == 5
    assert "half as many rows as last year" in everything
    assert len(to_do) == 3
    problems, to_do, _ = told("--reporter", "made", "--period", "2024", "--missing")
    assert [held.load_id in line for line in problems[1:]] == [True]
    assert "nothing is published yet" in problems[0]
    assert "decide on 1 held load" in to_do[0]
    assert "remind 1 reporter: 6 submissions" in to_do[1]
    problems, _, _ = told("--reporter", "clean")
    assert ["inbox/clean/" in line for line in problems[1:]] == [True, True]
    problems, to_do, _ = told("--period", "2023", "--reporter", "clean")
    assert ["visitors.csv" in line for line in problems[1:]] == [True]
    assert "due" in told("--period", "2023", "--reporter", "clean")[2]


def test_an_accepted_loss_of_rows_is_shown_with_role_and_reason(home):
    publish_loads(home)
    path = home.releases / "current" / "manifest.json"
    loss = {"check_id": "mart_staffing_has_not_shrunk", "role": "secretariat", "reason": "merged"}
    path.write_text(json.dumps(json.loads(path.read_text()) | {"accepted_losses": [loss]}))
    told = klynge_in_process(home, "status").stdout
    assert "(mart_staffing_has_not_shrunk), accepted by secretariat: merged" in told


def test_a_partial_correction_alone_leaves_the_submission_missing(home, tmp_path):
    name = "full_time_equivalents_2024_c1_partial"
    load = receive(Door.of(home), staff_file(tmp_path, name, {"ufs": "1"}))
    assert load.state == "loaded"
    assert load.slot in {one.slot for one in read_status(home).missing}

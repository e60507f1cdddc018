"""The inbox loads each file or refuses it with a reason, and no file stops the others."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from klynge import checkout, raw_zone
from klynge.errors import MachineError
from klynge.home import UNFINISHED, Home
from klynge.intake import door as door_module
from klynge.intake import inbox
from klynge.intake.door import Door
from klynge.intake.inbox import fingerprint, land_inbox, read_refusals
from klynge.raw_zone import read_ledger
from tests.submitted import at_rest, staff_file

NAME = "full_time_equivalents_2021"
#: The process that loads the inbox is killed this often; `make robustness` kills it 25 times.
KILLS = int(os.environ.get("KLYNGE_TEST_KILLS", "3"))


@pytest.fixture
def door(home) -> Door:
    return Door.of(home)


def drop(home: Home, reporter: str = "made", name: str = NAME, **hours: str):
    return staff_file(home.inbox / reporter, name, hours or {"ufs": "1,5"}, reporter)


def reasons(home: Home) -> dict[str, str]:
    return {refusal.place: refusal.reason for refusal in read_refusals(home)}


def test_what_waits_is_taken_in_and_leaves_the_inbox(door):
    paths = [drop(door.home), drop(door.home, "clean"), drop(door.home, name=f"{NAME}_c1", deb="2")]
    landed, refused = land_inbox(door)
    assert {(load.reporter, load.correction_no) for load in landed} == {
        ("made", 0),
        ("made", 1),
        ("clean", 0),
    }
    assert refused == []
    assert not any(path.exists() for path in paths)
    assert land_inbox(door) == ([], [])


def test_a_held_file_leaves_the_inbox_too(door):
    path = drop(door.home)
    landed, _ = land_inbox(replace(door, judge=lambda *_: ["odd"]))
    assert [load.state for load in landed] == ["held"]
    assert not path.exists()


def test_a_refused_file_stays_untouched_and_is_named_and_the_others_go_on(door):
    bad = {
        drop(door.home, name="besøg_2021"): "begins with the name of no dataset",
        drop(door.home, name="full_time_equivalents_2021_v2"): "here version 1.0.0 is known",
        drop(door.home, name="companies_2021"): "made (cluster_organisation) may not send",
        drop(door.home, name="participants_2021"): "header",
        drop(door.home, "nobody"): "no reporter 'nobody'",
    }
    good = drop(door.home)
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in bad}
    landed, refused = land_inbox(door)
    assert [load.reporter for load in landed] == ["made"]
    assert not good.exists()
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in bad} == before
    said = reasons(door.home)
    assert len(said) == len(refused) == len(bad)
    for path, reason in bad.items():
        assert reason in said[str(path.relative_to(door.home.root))]


def test_a_refusal_is_forgotten_once_the_file_is_gone_or_changed(door):
    gone, changed = drop(door.home, name="a_2021"), drop(door.home, name="b_2021")
    land_inbox(door)
    assert len(reasons(door.home)) == 2
    gone.unlink()
    assert list(reasons(door.home)) == ["inbox/made/b_2021.csv"]
    changed.write_text("something else")
    assert reasons(door.home) == {}


def test_what_is_still_being_written_waits(door, monkeypatch):
    # the clock is stopped, because on a slow machine a fresh file could become an old one
    now = time.time()
    monkeypatch.setattr(inbox.time, "time", lambda: now)
    fresh = drop(door.home)
    os.utime(fresh, (now, now))
    future = drop(door.home, "clean")
    os.utime(future, (now + 2, now + 2))
    for name in (".hidden.csv", "~$participants_2021.xlsx", f"{NAME}.csv.part"):
        at_rest(shutil.copy(fresh, fresh.with_name(name)))
    assert land_inbox(door) == ([], [])
    assert fingerprint(door.home) == {}
    at_rest(fresh)
    assert [load.reporter for load in land_inbox(door)[0]] == ["made"]


def test_a_file_replaced_while_it_is_landed_is_not_lost(door, monkeypatch):
    path = drop(door.home)

    real = Door.receive
    monkeypatch.setattr(Door, "receive", lambda *given: _then_replace(real(*given), path))
    assert len(land_inbox(door)[0]) == 1
    assert path.read_text() == "another file"


def _then_replace(load, path):
    path.unlink()
    path.write_text("another file")
    return load


def test_what_is_no_file_in_a_reporters_folder_is_named(door):
    drop(door.home)
    (door.home.inbox / "made" / "2021").mkdir()
    (door.home.inbox / "made" / "link.csv").symlink_to("/etc/passwd")
    os.mkfifo(door.home.inbox / "made" / "pipe.csv")
    staff_file(door.home.inbox, "lost", {"ufs": "1"})
    landed, _ = land_inbox(door)
    assert len(landed) == 1
    said = reasons(door.home)
    assert "it is not in the folder of a reporter" in said.pop("inbox/lost.csv")
    assert set(said) == {"inbox/made/2021", "inbox/made/link.csv", "inbox/made/pipe.csv"}
    assert all("not an ordinary file" in reason for reason in said.values())


def test_an_inbox_that_cannot_be_read_is_named(door):
    door.home.inbox.write_text("a file where a folder belongs")
    assert land_inbox(door)[0] == []
    assert list(reasons(door.home)) == ["inbox"]


def test_a_reporters_folder_that_cannot_be_read_keeps_nobody_else_out(door, monkeypatch):
    drop(door.home, "clean")
    drop(door.home, "made")
    listed = inbox.Path.iterdir

    def denied(path):
        if path.name == "made":
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(inbox.Path, "iterdir", denied)
    assert [load.reporter for load in land_inbox(door)[0]] == ["clean"]
    monkeypatch.undo()
    assert "cannot be read (Permission denied)" in reasons(door.home)["inbox/made"]


def test_a_file_that_was_corrected_in_place_is_another_one(door):
    path = drop(door.home, name="participants_2021")
    assert land_inbox(door)[1] != []
    before = fingerprint(door.home)
    path.write_text(path.read_text() + "\n")
    at_rest(path)
    assert fingerprint(door.home).keys() == before.keys()
    assert fingerprint(door.home) != before
    assert reasons(door.home) == {}


def test_an_error_nobody_foresaw_refuses_one_file_only(door, monkeypatch):
    drop(door.home, "clean")
    drop(door.home, "made")
    checked = door_module.check_file

    def strange(path, contract, *, organisation_id, **given):
        if organisation_id == "made":
            raise ZeroDivisionError("division by zero")
        return checked(path, contract, organisation_id=organisation_id, **given)

    monkeypatch.setattr(door_module, "check_file", strange)
    assert [load.reporter for load in land_inbox(door)[0]] == ["clean"]
    assert "nobody foresaw: ZeroDivisionError" in reasons(door.home)[f"inbox/made/{NAME}.csv"]
    assert (door.home.root / "refused.json").stat().st_mode & 0o077 == 0


def test_a_machine_that_fails_is_no_fault_of_the_file(door, monkeypatch):
    path = drop(door.home)

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(raw_zone.pq, "write_table", full)
    with pytest.raises(MachineError, match="the disk is full"):
        land_inbox(door)
    assert path.exists()


LANDING = """
import sys
from pathlib import Path
from klynge.home import Home
from klynge.intake.door import Door
from klynge.intake.inbox import land_inbox
home = Home(Path(sys.argv[1]))
with home.locked():
    home.clear()
    print("landing", flush=True)
    land_inbox(Door.of(home))
"""


def land(home: Home, seconds: float | None = None) -> float:
    """Load the inbox in a new process; return the time.

    If ``seconds`` is given, the process is killed after this time.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", LANDING, str(home.root)],
        cwd=checkout.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout.readline() == b"landing\n"
    began = time.monotonic()
    if seconds is not None:
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
    _, errors = process.communicate()
    assert process.returncode in {0, -signal.SIGKILL}, errors
    return time.monotonic() - began


def require_whole(home: Home, sent: dict[str, bytes]) -> None:
    """Assert that every file is in the inbox or the ledger, and every load has all its rows."""
    ledger = read_ledger(home)
    for load in ledger:
        place = raw_zone.folder(home, load.dataset, load.load_id)
        assert raw_zone.pq.read_table(place / "data.parquet").num_rows == load.rows_loaded
        assert load.rows_read == load.rows_loaded + load.rows_rejected + load.rows_held
    kept = {(home.archive / digest).read_bytes() for x in ledger for digest in x.files.values()}
    for place, content in sent.items():
        assert content in kept or (home.root / place).read_bytes() == content


def test_killed_at_any_moment_nothing_is_lost_and_nothing_is_there_twice(home, tmp_path):
    """Each round kills a process that loads a full inbox; the next process loads the rest."""
    sent = {}
    for reporter in ("clean", "made", "marlog", "censec", "digitallead"):
        for suffix in ("", "_c1", "_c2_partial"):
            path = drop(home, reporter, NAME + suffix, ufs="1,5", deb=str(len(suffix)), eu="x")
            sent[str(path.relative_to(home.root))] = path.read_bytes()
    whole = Home(tmp_path / "undisturbed")
    shutil.copytree(home.inbox, whole.inbox)
    longest = land(whole)
    expected = {load.load_id: load.slot for load in read_ledger(whole)}
    assert len(expected) == len(sent)

    chance = random.Random(20210101)  # noqa: S311 - moments, no secrets
    for number in range(KILLS):
        killed = Home(tmp_path / f"killed_{number}")
        shutil.copytree(home.inbox, killed.inbox)
        land(killed, chance.uniform(0, longest))
        require_whole(killed, sent)
        land(killed)
        require_whole(killed, sent)
        assert {load.load_id: load.slot for load in read_ledger(killed)} == expected
        assert not any((killed.root / place).exists() for place in sent)
        zones = (killed.raw, killed.archive)
        assert not [path for zone in zones for path in zone.rglob(f"{UNFINISHED}*")]

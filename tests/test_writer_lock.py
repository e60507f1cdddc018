"""Only one process may write: a second writer waits, or is refused with the name of the first."""

import fcntl
import json
import os
import subprocess
import sys
import threading
import time

import pytest

from klynge import checkout, progress
from klynge.errors import LockedError
from klynge.home import Home

HOLDING = """
import sys
from pathlib import Path
from klynge.home import Home
with Home(Path(sys.argv[1])).locked("klynge load"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(home):
    """Start another process that holds the lock until its input is closed."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(home.root)],
        cwd=checkout.ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


class Messages(list):
    milestone = detail = list.append


def test_a_second_writer_is_refused_with_the_name_of_the_first(home, holder):
    with pytest.raises(LockedError) as refused, home.locked():
        pass
    said = str(refused.value)
    assert f"`klynge load` (process {holder.pid}, since 20" in said
    assert "wait until it ends" in said
    assert home.is_locked()


def test_a_scheduled_run_waits_for_the_other_writer(home, holder):
    told = Messages()
    threading.Timer(3, holder.stdin.close).start()
    began = time.monotonic()
    with progress.watched(told), home.locked("nightly", wait_seconds=60):
        assert time.monotonic() - began > 2.5
        assert "`nightly`" in home.lock_holder()
    assert len(told) == 1
    assert f"until `klynge load` (process {holder.pid}" in told[0]


def test_a_wait_that_is_too_short_ends_with_the_holders_name(home, holder):
    with (
        pytest.raises(LockedError, match=f"process {holder.pid}"),
        home.locked(wait_seconds=3),
    ):
        pass


def test_a_killed_holder_leaves_the_lock_free(home, holder):
    holder.kill()
    holder.wait()
    assert json.loads((home.root / "lock").read_text())["process_id"] == holder.pid
    assert home.lock_holder() is None
    with home.locked("next"):
        assert f"`next` (process {os.getpid()}, " in home.lock_holder()


@pytest.mark.usefixtures("holder")
def test_the_lock_of_a_version_that_wrote_no_name_is_still_a_lock(home):
    (home.root / "lock").write_text("")
    assert home.lock_holder() == "another run"
    with pytest.raises(LockedError, match="another run is writing"), home.locked():
        pass


def test_a_lock_survives_the_thread_that_took_it(home):
    lock = home.locked()
    thread = threading.Thread(target=lock.__enter__)
    thread.start()
    thread.join()
    assert home.is_locked()
    lock.__exit__(None, None, None)
    assert not home.is_locked()


def test_two_processes_that_ask_at_once_both_find_the_lock_free(home):
    with home.locked():
        pass
    with (home.root / "lock").open() as asking:
        fcntl.flock(asking, fcntl.LOCK_SH | fcntl.LOCK_NB)
        assert home.lock_holder() is None
        assert not home.is_locked()


def test_a_home_without_a_lock_is_free(tmp_path):
    assert Home(tmp_path / "new").lock_holder() is None

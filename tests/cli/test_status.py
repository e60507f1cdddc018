"""``klynge status``: its report on runs, and its report to a user without all rights."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from klynge import checkout, runs
from klynge.home import Home
from klynge.status import read_status
from tests.conftest import klynge


@pytest.fixture
def as_another_user():
    """Run the command without the rights of the superuser."""
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
    """A published home whose runs, loads, lock and refusals belong to somebody else."""
    home = Home(tmp_path / "home")
    shutil.copytree(published.root, home.root, symlinks=True)
    (home.root / "refused.json").write_text("[]")
    parts = [home.lock_file, home.runs, home.raw, home.root / "refused.json"]
    modes = [part.stat().st_mode for part in parts]
    for part in parts:
        part.chmod(0)
    yield home
    for part, mode in zip(parts, modes, strict=True):
        part.chmod(mode)


def test_another_user_is_told_what_could_not_be_read(protected, as_another_user):
    done = as_another_user(protected, "status")
    assert done.returncode == 0, done.stderr
    for name in ("lock", "runs", "raw", "refused.json"):
        assert f"not read  {protected.root / name}: permission denied" in done.stdout
    assert "healthy, as far as this user may read" in done.stdout
    assert "missing" not in done.stdout
    facts = json.loads(as_another_user(protected, "status", "--json").stdout)
    assert len(facts["unreadable"]) == 4
    assert facts["checks_passed"]


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

"""What tests share: the printed documents where they are at hand, and one finished nightly run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from klynge import checkout
from klynge.home import Home

# machines are shared and noisy: how long an example takes says nothing about the code
settings.register_profile("klynge", deadline=None)
settings.load_profile("klynge")

#: The printed documents are no part of the repository; they lie beside the checkout where present.
DOCUMENTS = checkout.ROOT.parent / "shared" / "documents"


@pytest.fixture(scope="session")
def documents() -> Path:
    if not DOCUMENTS.is_dir():
        pytest.skip("the printed documents are not beside this checkout")
    return DOCUMENTS


@pytest.fixture
def home(tmp_path) -> Home:
    made = Home(tmp_path / "home")
    made.prepare()
    return made


def klynge(home: Home, *arguments: str, root: Path = checkout.ROOT, **environment: str):
    """Run the command as a user would, from the checkout at ``root``."""
    return subprocess.run(
        [sys.executable, "-c", "from cli.main import main; main()", *arguments],
        cwd=root,
        env={
            **os.environ,
            "KLYNGE_HOME": str(home.root),
            "PYTHONPATH": str(root),
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def copy_checkout(target: Path) -> Path:
    """A copy of what the program runs on, to plant faults in."""
    for name in (
        "klynge",
        "cli",
        "expectations",
        "orchestration",
        "dbt_project",
        "profiles",
        "seeds",
        "contracts",
    ):
        shutil.copytree(
            checkout.ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    return target


@pytest.fixture(scope="session")
def published(tmp_path_factory) -> Home:
    """A home in which the nightly job has run once on the real transcriptions; only to be read."""
    home = Home(tmp_path_factory.mktemp("published"))
    done = klynge(home, "nightly")
    assert done.returncode == 0, done.stdout + done.stderr
    return home

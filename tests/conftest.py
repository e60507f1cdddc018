"""What tests share: the printed documents where they are at hand, and one finished nightly run."""

import fcntl
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
        "sample",
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
def made_once(tmp_path_factory, request):
    """A home that a nightly run has filled once, whichever of the tests' processes asks first.

    What the run said lies beside it, in ``<name>.said``.
    """
    own = tmp_path_factory.getbasetemp()
    # with one process there is no worker, and the folder of the run is the process's own
    folder = own.parent if hasattr(request.config, "workerinput") else own

    def make(name: str, *options: str, start_from: Home | None = None) -> Home:
        home, said = Home(folder / name), folder / f"{name}.said"
        with (folder / f"{name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not said.exists():
                if start_from is not None:
                    shutil.copytree(start_from.root, home.root, symlinks=True)
                done = klynge(home, "nightly", *options)
                assert done.returncode == 0, done.stdout + done.stderr
                said.write_text(done.stdout, encoding="utf-8")
        return home

    return make


@pytest.fixture(scope="session")
def published(made_once) -> Home:
    """A home in which the nightly job has run once on the real transcriptions; only to be read."""
    return made_once("published")


@pytest.fixture(scope="session")
def sampled(made_once, published) -> Home:
    """The same, and once more with the sample; only to be read."""
    return made_once("sampled", "--with-sample", start_from=published)

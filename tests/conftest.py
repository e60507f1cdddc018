"""Shared fixtures: the printed documents, if present, and two finished nightly runs."""

import contextlib
import fcntl
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, settings

from cli.main import main
from klynge import checkout
from klynge.home import Home

# on a busy machine, an example can take long although its code is fast
settings.register_profile("klynge", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("klynge")

#: The printed documents are not part of the repository. If present, they are beside the checkout.
DOCUMENTS = checkout.ROOT.parent / "shared" / "documents"


@pytest.fixture(scope="session")
def documents() -> Path:
    if not DOCUMENTS.is_dir():
        pytest.skip("the printed documents are not beside this checkout")
    return DOCUMENTS


@pytest.fixture
def home(tmp_path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    return home


def klynge(home: Home, *arguments: str, root: Path = checkout.ROOT, **environment: str):
    """Run the command as a user would, from the checkout at ``root``.

    There is no time limit: a slow machine must not fail a test.
    """
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
    )


def klynge_in_process(home: Home, *arguments: str) -> subprocess.CompletedProcess:
    """Run the command in this process, so that the slow imports are needed only once.

    Otherwise the function is like :func:`klynge`.
    """
    out, errors = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, KLYNGE_HOME=str(home.root)),
        mock.patch.object(sys, "argv", ["klynge", *arguments]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(errors),
    ):
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), errors.getvalue())


def copy_checkout(target: Path) -> Path:
    """Copy the files that the program needs, so that tests can plant faults in the copy."""
    for name in (
        "klynge",
        "sample",
        "cli",
        "dashboard",
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
def run_nightly_once(tmp_path_factory, request):
    """Return a function that runs the nightly job into a named home.

    The job runs once for all test processes. ``<name>.done`` beside the home has the output of a
    successful run. ``<name>.failed`` has the output of a failed run. A failed run is not tried
    again.
    """
    own = tmp_path_factory.getbasetemp()
    # pytest-xdist gives each worker a folder inside the folder of the whole test run
    folder = own.parent if hasattr(request.config, "workerinput") else own

    def run(name: str, *options: str, start_from: Home | None = None) -> Home:
        home = Home(folder / name)
        done, failed = folder / f"{name}.done", folder / f"{name}.failed"
        with (folder / f"{name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if failed.exists():
                pytest.skip(f"the nightly run {name!r} failed; another test shows its output")
            if not done.exists():
                if start_from is not None:
                    shutil.copytree(start_from.root, home.root, symlinks=True)
                finished = klynge(home, "nightly", *options)
                output = finished.stdout + finished.stderr
                (failed if finished.returncode else done).write_text(output, encoding="utf-8")
                if finished.returncode:
                    code = finished.returncode
                    pytest.fail(f"the nightly run {name!r} ended with {code}:\n{output}", False)
        return home

    return run


@pytest.fixture(scope="session")
def published(run_nightly_once) -> Home:
    """Give a read-only home with one nightly run on the documents, without the sample."""
    return run_nightly_once("published")


@pytest.fixture(scope="session")
def sampled(run_nightly_once, published) -> Home:
    """Give a read-only home with two nightly runs.

    The home is a copy of ``published``; the second run includes the sample.
    """
    return run_nightly_once("sampled", "--with-sample", start_from=published)


def pytest_addoption(parser):
    parser.addoption(
        "--unit-tests-of", help="only dbt's unit tests of these models and of their readers"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark each test that needs a finished nightly run, so that ``-m "not nightly"`` skips it.

    The first of two processes begins with these tests, and the second one with the others. So the
    second one does not wait while the first one runs the nightly job.
    """
    nightly, others = [], []
    for item in items:
        if "run_nightly_once" in item.fixturenames:
            item.add_marker(pytest.mark.nightly)
            nightly.append(item)
        else:
            others.append(item)
    half = len(items) // 2
    items[:] = [*nightly[:half], *others, *nightly[half:]]


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef, request):
    """Report the failure of a shared fixture once, and skip the other tests that need the fixture.

    pytest raises the stored error again, with its whole text, for every test that needs the
    fixture. Here the first test fails with the error, and a skip is stored in place of the error.
    """
    try:
        return (yield)
    except (Exception, pytest.fail.Exception):
        if fixturedef.scope != "function":
            skip = pytest.skip.Exception(
                f"the fixture {fixturedef.argname!r} failed; the first test that needs it shows why"
            )
            fixturedef.cached_result = (None, fixturedef.cache_key(request), (skip, None))
        raise

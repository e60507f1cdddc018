"""Every make target works in a folder whose name has blanks, quotes and other odd characters."""

import os
import re
import shutil
import stat
import subprocess
import sys

import pytest

from klynge import checkout

MAKEFILE = checkout.ROOT / "Makefile"
ODD = "Anna's #1 100% æ [x] $HOME `b`"

#: Replaces every program of the environment; it writes down the arguments of each call.
STUB = """#!/bin/sh
printf '%s|%s|%s|%s\\n' "$(basename "$0")" "$*" "$KLYNGE_HOME" "$DAGSTER_HOME$DBT_TARGET_PATH" \
    >> "$CALLS"
"""
#: Replaces Python. If it creates an environment, the environment's programs are stubs.
PYTHON = """#!/bin/sh
[ "$2" = venv ] || exit 0
mkdir -p "$3/bin"
for program in python pip uv; do cp "$STUB" "$3/bin/$program"; done
"""


@pytest.fixture
def make(tmp_path):
    """Return a function that runs make in a folder with an odd name.

    All programs are stubs. The function returns the arguments that they were called with.
    """
    if shutil.which("make") is None:
        pytest.skip("needs make")
    root = tmp_path / ODD
    (root / "orchestration").mkdir(parents=True)
    shutil.copy(checkout.ROOT / "orchestration" / "dagster.yaml", root / "orchestration")
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(checkout.ROOT / name, root)
    stub, calls = executable(tmp_path / "stub", STUB), tmp_path / "calls"
    calls.touch()

    def run(target, *, installed=True, **environment):
        if installed:
            (root / ".venv" / "bin").mkdir(parents=True, exist_ok=True)
            (root / ".venv" / ".installed").touch()
            for program in set(re.findall(r"\$\(BIN\)/([\w-]+)", MAKEFILE.read_text())):
                shutil.copy(stub, root / ".venv" / "bin" / program)
        done = subprocess.run(
            ["make", target],  # noqa: S607
            cwd=root,
            env={
                **{k: v for k, v in os.environ.items() if k != "KLYNGE_HOME"},
                "CALLS": str(calls),
                "STUB": str(stub),
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return [line.split("|") for line in calls.read_text().splitlines()]

    run.root = root
    return run


def executable(path, text):
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def targets():
    [names] = re.findall(r"^\.PHONY: ((?:.*\\\n)*.*)", MAKEFILE.read_text(), re.MULTILINE)
    return names.replace("\\\n", " ").split()


@pytest.mark.parametrize("target", targets())
def test_every_target_works_in_a_folder_of_an_odd_name(make, target):
    for _, _, home, _ in make(target):
        assert home == str(make.root / "var")


def test_the_environment_is_installed_in_a_folder_of_an_odd_name(make, tmp_path):
    python = executable(tmp_path / "a python", PYTHON)
    calls = make("install", installed=False, PYTHON=str(python))
    assert [name for name, *_ in calls] == ["python", "uv", "uv"]
    assert "--require-hashes -r requirements.lock" in calls[1][1]


def test_a_home_of_an_odd_name_reaches_the_programs_as_it_is(make, tmp_path):
    home = tmp_path / f"home {ODD}"
    [(_, arguments, given, _)] = make("nightly", KLYNGE_HOME=str(home))
    assert (arguments, given) == ("nightly --with-sample", str(home))
    [_, (_, _, _, dagster_home)] = make("dagster", KLYNGE_HOME=str(home))
    assert dagster_home == f"{home}/dagster"
    assert (home / "dagster" / "dagster.yaml").is_file()


def test_another_python_is_refused_with_the_remedy(make, tmp_path):
    python = executable(tmp_path / "old", f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    shutil.rmtree(make.root / ".venv", ignore_errors=True)
    text = (make.root / "Makefile").read_text().replace("(3, 11) <=", "(3, 99) <=")
    (make.root / "Makefile").write_text(text)
    with pytest.raises(AssertionError, match="run make PYTHON="):
        make("install", installed=False, PYTHON=str(python))

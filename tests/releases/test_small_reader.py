"""To read a bare release folder, only duckdb, pandas and pyarrow are needed."""

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from klynge import checkout
from tests.bare_release import RELEASE_ID, write_release
from tests.conftest import copy_checkout

#: Every environment has some of these packages; pandas brings the others.
BROUGHT = {"pip", "setuptools", "numpy", "python-dateutil", "six", "tzdata", "pytz"}

#: With this code, a process can import only what the installation without extras has.
BLOCKER = """
import sys
from importlib.abc import MetaPathFinder

class Blocker(MetaPathFinder):
    allowed = {"klynge", "duckdb", "_duckdb", "adbc_driver_duckdb", "pandas", "pyarrow", "numpy",
               "dateutil", "six", "tzdata", "pytz", *sys.stdlib_module_names}
    # the interpreter itself imports these
    allowed |= {name.partition(".")[0] for name in sys.modules}

    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in self.allowed and not top.startswith("_"):
            raise ModuleNotFoundError(f"No module named {top!r}", name=top)

sys.meta_path.insert(0, Blocker())
"""
READING = """
import json, sys, klynge
release = klynge.open_release(sys.argv[1])
exact = release.table("mart_money")
frame = release.table("mart_money", numbers="float", labels="da", basis="published")
try:
    release.table("mart_mony")
except klynge.InputError as error:
    refusal = str(error)
print(json.dumps({
    "exact": [str(value) for value in exact["amount_kr"]],
    "csv": frame[["Beløb"]].to_csv(decimal=",", sep=";", index=False, lineterminator=" "),
    "release": frame.attrs["release_id"],
    "refusal": refusal,
    "count": int(release.query("select count(*) as n from evaluation.mart_money")["n"][0]),
}))
"""


def read_copy(tmp_path: Path, python: str, code: str, **environment: str) -> dict:
    """Run ``code`` without a home on a read-only release folder; return the JSON that it prints."""
    folder = write_release(tmp_path / "a copy").path
    for path in (folder / "klyngedata.duckdb", folder):
        path.chmod(path.stat().st_mode & ~0o222)
    done = subprocess.run(
        [python, "-c", code, str(folder)],
        cwd=tmp_path,
        env={"PATH": "", "HOME": str(tmp_path), "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    folder.chmod(0o755)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def require_whole_answer(answer: dict) -> None:
    assert answer["exact"] == ["1234567.50", "-0.10", "0.00", "9999999999999999.99"]
    assert answer["csv"] == "Beløb 1234567,5 -0,1 "
    assert answer["release"] == RELEASE_ID
    assert answer["refusal"].endswith("did you mean mart_money, mart_empty, mart_exact?")
    assert answer["count"] == 4


def test_a_bare_folder_is_read_without_the_packages_of_the_build(tmp_path):
    answer = read_copy(tmp_path, sys.executable, BLOCKER + READING, PYTHONPATH=str(checkout.ROOT))
    require_whole_answer(answer)


@pytest.mark.slow
def test_an_installation_without_extras_reads_a_release(tmp_path):
    python = str(tmp_path / "venv" / "bin" / "python")
    venv.create(tmp_path / "venv", with_pip=True)
    source = copy_checkout(tmp_path / "source")
    shutil.copy(checkout.ROOT / "pyproject.toml", source)
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", str(source)],
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        check=True,
    )
    listed = subprocess.run(
        [python, "-m", "pip", "list", "--format", "json"], capture_output=True, check=True
    )
    installed = {one["name"] for one in json.loads(listed.stdout)} - BROUGHT
    assert installed == {"klyngedata", "duckdb", "pandas", "pyarrow"}
    require_whole_answer(read_copy(tmp_path, python, READING))
    command = subprocess.run(
        [str(tmp_path / "venv" / "bin" / "klynge"), "status"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert command.returncode != 0
    assert "pip install 'klyngedata[build]'" in command.stderr
    assert "Traceback" not in command.stderr

"""If inputs are altered, missing or older, a trace names the input and proves nothing."""

import json
import shutil

import duckdb
import pytest

from klynge import raw_zone
from klynge.releases.publishing import prune, writable
from klynge.releases.reading import DATABASE, RESTRICTED, open_release
from klynge.tracing.auditor import auditor
from tests.conftest import klynge

FINANCING = ("indicator_id=total_financing", "breakdown=total", "year=2018")


def spoil(path):
    """Change one byte of a read-only file."""
    path.chmod(0o600)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def test_an_altered_or_missing_raw_file_is_named_and_nothing_is_proved(copied):
    release = open_release(home=copied)
    [entry] = [
        one
        for one in release.manifest["inputs"]["loads"]
        if (one["dataset"], one["document_id"]) == ("published_cells", "performance_account_2018")
    ]
    rows = raw_zone.folder(copied, "published_cells", entry["load_id"]) / raw_zone.DATA
    asked = ("trace", "mart_performance_development", *FINANCING, "--column", "value")
    kept = copied.archive / entry["files"]["cells.csv"]
    original = kept.read_bytes()
    spoil(kept)
    done = klynge(copied, *asked)
    assert done.returncode == 1
    assert "UNPROVED" in done.stdout
    assert f"load {entry['load_id']}" in done.stdout
    assert "the file cells.csv was altered" in done.stdout
    kept.write_bytes(original)
    rows.unlink()
    done = klynge(copied, *asked)
    assert done.returncode == 1
    assert "its rows are missing" in done.stdout
    done = klynge(copied, "trace", "verify", "mart_claims")
    assert done.returncode == 1
    assert "nothing is proved" in done.stderr
    assert "its rows are missing" in done.stderr


def change_database(release, sql):
    with writable(release.path):
        path = release.path / DATABASE
        path.chmod(0o600)
        with duckdb.connect(str(path)) as connection:
            [(changed,)] = connection.execute(sql).fetchall()
    assert changed == 1


def test_rows_of_the_database_that_are_not_those_that_came_in_prove_nothing(copied):
    release = open_release(home=copied)
    change_database(
        release,
        "update raw.published_cells set note = 'changed'"
        " where cell_id = 'perf.total_financing.2018'",
    )
    with auditor(copied, release) as told:
        key = dict(part.split("=") for part in FINANCING)
        report = told.report("mart_performance_development", key, "value")
    assert report.proof.status == "unproved"
    assert "1 row of raw.published_cells in the release differs" in report.proof.reasons[0]


def test_a_figure_that_its_rows_do_not_give_has_failed(copied):
    release = open_release(home=copied)
    change_database(
        release,
        "update evaluation.mart_performance_development set value = value + 1"
        " where indicator_id = 'total_financing' and breakdown = 'total' and year = 2018",
    )
    done = klynge(copied, "trace", "mart_performance_development", *FINANCING, "--column", "value")
    assert done.returncode == 1
    assert "FAILED" in done.stdout
    verified = klynge(copied, "trace", "verify", "mart_performance_development")
    assert verified.returncode == 1
    assert "1 row failed" in verified.stdout


@pytest.mark.slow
def test_an_older_release_is_traced_by_its_own_code_and_inputs(copied):
    release = open_release(home=copied)
    key = dict(part.split("=") for part in FINANCING)
    with auditor(copied, release) as told:
        before = told.report("mart_performance_development", key, "value")
    with writable(release.path):
        (release.path / DATABASE).unlink()
    assert prune(copied) == []
    done = klynge(
        copied,
        *("trace", "mart_performance_development", *FINANCING),
        *("--column", "value", "--release", release.release_id, "--format", "json"),
    )
    assert done.returncode == 0, done.stderr
    after = json.loads(done.stdout)
    assert after["release"]["database_rebuilt"]
    assert after["proof"]["status"] == "proved"
    assert after["proof"]["sql"] == before.proof.sql
    assert after["proof"]["files"] == before.proof.files
    assert after["figure"]["value"] == str(before.figure.value)


def test_tracing_says_that_it_needs_the_edition_with_everything(sampled, home):
    shutil.copytree(sampled.root, home.root, symlinks=True, dirs_exist_ok=True)
    release = open_release(home=home)
    with writable(release.path / RESTRICTED):
        (release.path / RESTRICTED / DATABASE).unlink()
    done = klynge(home, "trace", "verify", "mart_staffing")
    assert done.returncode == 2
    assert "tracing needs the restricted edition" in done.stderr

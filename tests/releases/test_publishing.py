"""A release never changes and becomes current in one step; it can be pruned or rolled back."""

import subprocess
import sys
import time
from decimal import Decimal

import pytest

from klynge import checkout
from klynge.errors import InputError, MachineError
from klynge.home import UNFINISHED
from klynge.releases import publishing
from klynge.releases.manifest import sha256_of
from klynge.releases.publishing import prune, roll_back
from klynge.releases.reading import list_releases, open_release

READER = """
import sys, time
from klynge.releases.reading import open_release
from klynge.home import Home
from pathlib import Path
home, stop = Home(Path(sys.argv[1])), Path(sys.argv[2])
while not stop.exists():
    opened = time.time()
    release = open_release(home=home)
    table = release.arrow("select distinct number from evaluation.mart_number")
    numbers = table.column("number").to_pylist()
    assert len(numbers) == 1, f"a mixed release: {numbers}"
    print(opened, numbers[0], flush=True)
"""


def test_a_release_is_whole_and_says_what_is_in_it(home, publish_number):
    release_id = publish_number(7)
    release = open_release(home=home)
    assert release.release_id == release_id
    for name, digest in release.manifest["files"].items():
        assert sha256_of(release.path / name) == digest
    rows = {table["table"]: table["rows"] for table in release.manifest["tables"]}
    assert rows == {"mart_number": 1000, "mart_quality_results": 1}
    assert (release.path / "marts" / "mart_number.parquet").is_file()
    assert (release.path / "sql" / "mart_number.sql").is_file()
    assert (release.path / "docs" / "index.html").is_file()
    assert release.path.stat().st_mode & 0o222 == 0
    assert not list(home.releases.glob(f"{UNFINISHED}*"))


def test_a_release_holds_the_results_it_was_published_on(home, publish_number):
    release_id = publish_number(7)
    [row] = open_release(home=home).table("mart_quality_results").to_dict("records")
    assert (row["run_id"], row["outcome"], row["release_id"], row["check_id"], row["passed"]) == (
        "00000007-run",
        "published",
        release_id,
        "a_check",
        True,
    )


def test_frames_have_exact_decimals(home, publish_number):
    publish_number(7)
    frame = open_release(home=home).table("mart_number")
    assert frame["amount_kr"].iloc[0] == Decimal("12.50")
    assert frame["amount_kr"].sum() == Decimal("12500.00")
    assert isinstance(frame["amount_kr"].sum(), Decimal)


def test_an_unknown_table_names_the_nearest(home, publish_number):
    publish_number(7)
    with pytest.raises(InputError, match="did you mean mart_number"):
        open_release(home=home).table("mart_numbr")


def test_a_release_cannot_be_written_through_a_query(home, publish_number):
    publish_number(7)
    with pytest.raises(InputError, match="give exactly one query that reads"):
        open_release(home=home).query("delete from evaluation.mart_number")


def test_a_disk_that_is_full_leaves_the_former_release_current(home, publish_number, monkeypatch):
    former = publish_number(1)

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publishing, "make_immutable", full)
    with pytest.raises(MachineError, match="the disk is full"):
        publish_number(2)
    assert open_release(home=home).release_id == former
    assert [r.release_id for r in list_releases(home)] == [former]


def test_retention_removes_old_databases_and_nothing_else(home, publish_number):
    ids = [publish_number(n) for n in range(1, 5)]
    assert prune(home, keep=2) == ids[:2]
    assert [r.has_database for r in list_releases(home)] == [False, False, True, True]
    with pytest.raises(InputError, match="removed by retention or erasure"):
        open_release(ids[0], home).query("select 1")
    assert (open_release(ids[0], home).path / "marts" / "mart_number.parquet").is_file()


def test_retention_spares_the_current_release(home, publish_number):
    ids = [publish_number(n) for n in range(1, 5)]
    roll_back(home, ids[0])
    assert prune(home, keep=1) == ids[1:3]
    assert open_release(home=home).query("from evaluation.mart_number")["number"].iloc[0] == 1


def test_rolling_back_and_forth(home, publish_number):
    first, second = publish_number(1), publish_number(2)
    assert roll_back(home) == (second, first)
    assert open_release(home=home).release_id == first
    with pytest.raises(InputError, match="no release before"):
        roll_back(home)
    roll_back(home, second)
    assert open_release(home=home).release_id == second


def test_a_release_that_shows_an_earlier_time_never_becomes_current(home, publish_number):
    first = publish_number(1)
    past = publish_number(2, as_of="2025-01-01T00:00:00+00:00")
    assert open_release(home=home).release_id == first
    second = publish_number(3)
    assert past < second
    assert roll_back(home) == (second, first)
    with pytest.raises(InputError, match="cannot be the current one"):
        roll_back(home, past)


def test_rolling_back_to_a_release_without_database_is_refused(home, publish_number):
    first, _ = publish_number(1), publish_number(2)
    prune(home, keep=1)
    with pytest.raises(InputError, match="has no database any more"):
        roll_back(home, first)


def test_readers_never_see_an_error_or_a_mixture(home, publish_number, tmp_path):
    """Eight readers read during five publications; each read sees the newest release."""
    publish_number(0)
    stop = tmp_path / "stop"
    logs = [tmp_path / f"reader_{number}.log" for number in range(8)]
    readers = []
    for log in logs:
        with log.open("w") as out:
            command = [sys.executable, "-c", READER, str(home.root), str(stop)]
            reader = subprocess.Popen(
                command, cwd=checkout.ROOT, stdout=out, stderr=subprocess.PIPE, text=True
            )
        readers.append(reader)

    def wait_for_reads(count: int) -> None:
        """Wait until every reader has finished ``count`` more reads, or has ended with an error."""
        wanted = [len(reads(log)) + count for log in logs]
        while any(
            reader.poll() is None and len(reads(log)) < number
            for reader, log, number in zip(readers, logs, wanted, strict=True)
        ):
            time.sleep(0.05)

    wait_for_reads(1)
    published = {}
    for number in range(1, 6):
        publish_number(number)
        published[number] = time.time()
        wait_for_reads(1)
    # each reader's first read may have begun before the last publication; its second read began
    # after it
    wait_for_reads(2)
    stop.touch()
    for reader, log in zip(readers, logs, strict=True):
        _, errors = reader.communicate()
        assert reader.returncode == 0, errors
        assert reads(log)[-1][1] == 5
        for opened, number in reads(log):
            newest = max((n for n, at in published.items() if at + 1 < opened), default=0)
            assert number >= newest, f"opened {opened - published[newest]:.2f} s after {newest}"


def reads(log) -> list[tuple[float, int]]:
    """Return (time at which a read began, release that it saw) for each complete read."""
    lines = log.read_text().splitlines(keepends=True)
    whole = (line.split() for line in lines if line.endswith("\n"))
    return [(float(opened), int(number)) for opened, number in whole]

"""The record of a run is written once, and its first outcome wins."""

from datetime import UTC, datetime, timedelta

from klynge import runs
from klynge.status.reading import read_status


def test_a_record_survives_a_second_start(home):
    runs.start(home, "a")
    runs.end(home, "a", runs.PUBLISHED, release_id="r")
    runs.start(home, "a")
    runs.end(home, "a", runs.FAILED, reason="too late")
    assert runs.read(home, "a").outcome == runs.PUBLISHED


def test_status_names_a_run_that_was_interrupted(home):
    runs.start(home, "a")
    assert any("was interrupted" in problem for problem in read_status(home).problems)


def test_status_tells_of_a_missed_night(published):
    later = datetime.now(UTC) + timedelta(days=4)
    assert any(
        "a nightly run is missing" in problem for problem in read_status(published, later).problems
    )

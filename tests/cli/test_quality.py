"""``klynge quality`` shows the checks of the last run; failed checks come first."""

from dataclasses import replace

from klynge import runs
from tests.conftest import klynge
from tests.quality_runs import failed, passed, past_run

UNMADE = replace(failed("unmade", rows=0), failing_rows=[], error="no such table")


def test_the_last_run_is_shown_worst_first_with_failing_rows_and_source(home):
    past_run(home, "first", 1, runs.PUBLISHED, passed("sums"))
    past_run(
        home, "last", 2, runs.REFUSED, passed("fine"), failed("few"), failed("many", 3), UNMADE
    )
    done = klynge(home, "quality")
    assert done.returncode == 1
    places = [done.stdout.index(name) for name in ("unmade", "many", "few", "fine")]
    assert places == sorted(places)
    assert "4, of which 3 failed" in done.stdout
    assert "source: a.txt line 9: 7" in done.stdout
    assert "… and 2 more" in done.stdout
    assert "no such table" in done.stdout


def test_an_earlier_run_by_the_beginning_of_its_id(home):
    past_run(home, "first", 1, runs.PUBLISHED, passed("sums"))
    past_run(home, "last", 2, runs.REFUSED, failed("sums"))
    done = klynge(home, "quality", "--run", "fir")
    assert done.returncode == 0, done.stderr
    assert "release-first" in done.stdout
    assert "1, of which 0 failed" in done.stdout
    unknown = klynge(home, "quality", "--run", "other")
    assert unknown.returncode == 2
    assert "no single run 'other'" in unknown.stderr


def test_a_run_that_did_not_come_to_its_checks_says_why(home):
    runs.start(home, "cut")
    runs.end(home, "cut", runs.FAILED, failed_step="warehouse", reason="the disk is full")
    done = klynge(home, "quality")
    assert done.returncode == 1
    assert "ended before the checks of the gate: the disk is full" in done.stdout


def test_nothing_has_run_yet(home):
    done = klynge(home, "quality")
    assert done.returncode == 2
    assert "run `klynge nightly`" in done.stderr

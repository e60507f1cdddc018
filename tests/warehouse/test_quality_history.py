"""The history has every result of every run, and says since when a check has failed."""

import json
import shutil
from datetime import UTC, datetime

import duckdb
import pytest

from klynge import quality, runs
from klynge.releases.reading import DATABASE
from klynge.warehouse.quality_history import add_run, write_history
from tests.quality_runs import FAILING_ROW, failed, passed, past_run


@pytest.fixture
def mart(home, published):
    """Return a function that gives the mart's rows for the runs of ``home`` and one more run."""
    release = published.releases / "current"
    shutil.copy(release / DATABASE, home.database)
    home.database.chmod(0o644)

    def rows(last, *results):
        with duckdb.connect(str(home.database)) as connection:
            connection.execute("drop table raw.quality_results")
            write_history(connection, quality.every_run(home))
        add_run(home.database, last, results, release / "sql")
        with duckdb.connect(str(home.database)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            found = connection.execute("from audit.mart_quality_results order by started_at, 5")
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    return rows


def night(day):
    return datetime(2026, 1, day, 2, tzinfo=UTC)


def test_a_failure_is_first_seen_where_its_unbroken_row_began(home, mart):
    past_run(home, "a", 1, runs.PUBLISHED, passed("sums"), passed("shares"))
    past_run(home, "b", 2, runs.REFUSED, failed("sums"), passed("shares"))
    past_run(home, "c", 3, runs.FAILED)
    past_run(home, "d", 4, runs.REFUSED, failed("sums"), failed("shares"))
    past_run(home, "e", 5, runs.PUBLISHED, passed("sums"), passed("shares"))
    past_run(home, "f", 6, runs.REFUSED, failed("sums"), passed("shares"))
    last = runs.Run("g", "2026-01-07T02:00:00+00:00", runs.PUBLISHED, release_id="r")
    rows = mart(last, passed("sums"), passed("shares"))
    seen = {(row["run_id"], row["check_id"]): row["first_seen_at"] for row in rows}
    assert len(rows) == 12
    assert {key: at for key, at in seen.items() if at} == {
        ("b", "sums"): night(2),
        ("d", "sums"): night(2),
        ("d", "shares"): night(4),
        ("f", "sums"): night(6),
    }
    assert [row["passed"] for row in rows] == [row["first_seen_at"] is None for row in rows]
    assert {row["run_id"] for row in rows if row["is_latest"]} == {"g"}


def test_a_refused_run_keeps_its_failing_rows_with_their_source(home, mart):
    past_run(home, "a", 1, runs.REFUSED, failed("sums", rows=30))
    last = runs.Run("b", "2026-01-02T02:00:00+00:00", runs.PUBLISHED, release_id="r")
    refused, published = mart(last, passed("sums"))
    assert (refused["outcome"], refused["release_id"]) == (runs.REFUSED, None)
    assert refused["failing_count"] == 30
    assert json.loads(refused["failing_rows"]) == [FAILING_ROW]
    assert refused["observed"] == "failing rows: 30"
    assert (published["outcome"], published["release_id"]) == (runs.PUBLISHED, "r")


def test_without_earlier_runs_there_is_an_empty_history(home):
    with duckdb.connect() as connection:
        connection.execute("create schema raw")
        write_history(connection, quality.every_run(home))
        assert connection.execute("select count(*) from raw.quality_results").fetchall() == [(0,)]

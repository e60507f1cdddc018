"""Nightly runs load and count submissions, show what was known at a time, and drop erased rows."""

import csv
import io
import json
import os
import re
import shutil
from datetime import UTC, datetime

import duckdb
import pytest
from dagster import RunRequest, SkipReason, build_sensor_context

from klynge import checkout
from klynge.home import Home, read_json
from klynge.intake.contracts import read_contracts
from klynge.raw_zone import read_ledger
from klynge.releases.reading import DATABASE, RESTRICTED, Release, list_releases, open_release
from orchestration.sensors import inbox_watch
from tests.conftest import klynge
from tests.intake.door import FUNDING, GRANT, write
from tests.submitted import at_rest, staff_file

NAME = "full_time_equivalents_2021"
STAFF = "full_time_equivalents"


def hashes(release: Release) -> dict[str, str]:
    return {t["table"]: t["content_hash"] for t in release.manifest["tables"]}


def copy_of(published: Home, target) -> Home:
    return Home(shutil.copytree(published.root, target, symlinks=True))


def nightly(home: Home, *options: str) -> tuple[Release, str]:
    """Run the job; return the new release and the output.

    The new release need not be current.
    """
    before = {release.release_id for release in list_releases(home)}
    done = klynge(home, "nightly", *options)
    assert done.returncode == 0, done.stdout + done.stderr
    [new] = [r for r in list_releases(home) if r.release_id not in before]
    return new, done.stdout


def submitted(release: Release) -> dict[str, dict]:
    loads = release.manifest["inputs"]["loads"]
    return {load["load_id"]: load for load in loads if load["basis"] != "published"}


@pytest.mark.long
def test_submissions_are_taken_in_known_as_of_a_time_and_erased(published, tmp_path):
    home = copy_of(published, tmp_path / "home")
    then = datetime.now(UTC).isoformat()
    inbox = home.inbox / "made"
    staff_file(inbox, NAME, {"ufs": "1,5", "eu": "2"})
    staff_file(inbox, f"{NAME}_c1_partial", {"deb": "3"})
    bad = staff_file(inbox, "besøg_2021", {"ufs": "1"})

    loaded, said = nightly(home)
    assert "inbox: 2 files loaded, 0 held, 1 refused" in said
    assert [path.name for path in inbox.iterdir()] == [bad.name]
    assert loaded.manifest["basis"]["rows"]["reported"] == 2
    assert not loaded.manifest["basis"]["contains_sample"]
    first, correction = (x for x in read_ledger(home) if x.basis == "reported")
    assert set(submitted(loaded)) == {first.load_id, correction.load_id}
    assert loaded.query(f"select count(*) as n from raw.{STAFF}")["n"].to_list() == [2]
    status = klynge(home, "status")
    assert status.returncode == 1
    assert f"inbox/made/{bad.name} is refused: 'besøg_2021' begins" in status.stdout

    waiting = staff_file(home.inbox / "clean", NAME, {"ufs": "1"}, "clean")
    earlier, said = nightly(home, "--as-of", then)
    assert hashes(earlier) == hashes(open_release(home=published))
    assert earlier.as_of == then
    assert f"shows what was known at {then}" in said
    assert waiting.exists()
    assert open_release(home=home).release_id == loaded.release_id
    rolled = klynge(home, "releases", "rollback", earlier.release_id)
    assert rolled.returncode == 2
    assert "cannot be the current one" in rolled.stderr

    why = ("--role", "data protection officer", "--reason", "asked for")
    done = klynge(home, "erase", first.load_id, *why)
    assert done.returncode == 0, done.stderr
    assert "which does not hold these rows" in done.stdout
    assert f"load {correction.load_id} is of the same reporter" in done.stdout
    after, said = nightly(home)
    assert "1 load without rows: erased" in said
    assert submitted(after)[first.load_id]["erased"]["reason"] == "asked for"
    assert after.query(f"select reporter from raw.{STAFF} order by 1")["reporter"].to_list() == [
        "clean",
        "made",
    ]
    databases = {release.release_id: release.has_database for release in list_releases(home)}
    assert databases[loaded.release_id] is False
    assert databases[earlier.release_id] is databases[after.release_id] is True


@pytest.mark.long
def test_any_order_of_the_same_loads_gives_the_same_release(published, tmp_path):
    files = [
        staff_file(tmp_path, NAME, {"ufs": "1,5", "deb": "2"}),
        staff_file(tmp_path, f"{NAME}_c1", {"ufs": "2", "eu": "1"}),
        staff_file(tmp_path, f"{NAME}_c2_partial", {"deb": "3"}),
    ]
    found = []
    for name, order in (("forward", files), ("backward", [*reversed(files), files[0]])):
        home = copy_of(published, tmp_path / name)
        done = klynge(home, "load", *map(str, order), "--reporter", "made")
        assert done.returncode == 0, done.stderr
        found.append(nightly(home)[0])
    forward, backward = found
    assert hashes(forward) == hashes(backward)
    assert [submitted(x).keys() for x in found] == [submitted(forward).keys()] * 2
    assert forward.query(f"select count(*) as n from raw.{STAFF}")["n"].to_list() == [2]


@pytest.mark.slow
def test_a_release_with_the_sample_says_so_and_the_next_is_free_of_it(published, sampled, tmp_path):
    said = sampled.root.with_suffix(".done").read_text("utf-8")
    home = copy_of(sampled, tmp_path / "home")
    with_sample = open_release(home=home)
    assert with_sample.manifest["basis"]["contains_sample"]
    assert "CONTAINS SAMPLE DATA" in said
    for command in (("status",), ("releases", "show")):
        assert "CONTAINS SAMPLE DATA" in klynge(home, *command).stdout
    assert {load["basis"] for load in submitted(with_sample).values()} == {"sample"}
    record = read_json(home.root / "sample.json")
    assert {load_id for _, load_id in record["loads"]} == set(submitted(with_sample))
    without, said = nightly(home)
    assert "SAMPLE" not in said
    assert submitted(without) == {}
    assert hashes(without) == hashes(open_release(home=published))


def test_the_sample_fills_every_table_and_gives_the_printed_ones(sampled):
    release = open_release(home=sampled)
    # no file of the sample is held, so there is no objection to one
    empty = [t["table"] for t in release.manifest["tables"] if t["rows"] == 0]
    assert empty == ["mart_load_objections"]
    compared = release.query(
        "select count(*) as cells, count(*) filter (agrees) as agree, "
        "count(*) filter (not agrees and reason_en is null) as unexplained "
        "from audit.mart_print_comparison where basis = 'sample'"
    ).to_dict("records")
    assert compared == [{"cells": 422, "agree": 413, "unexplained": 0}]


def test_analysts_find_no_row_about_anybody(sampled):
    release = open_release(home=sampled)
    restricted = {t["table"] for t in release.manifest["tables"] if t["edition"] == RESTRICTED}
    assert {"fct_participants", "fct_memberships", "fct_company_population"} <= restricted
    somebody = "p_[0-9a-f]{32}"
    # the owner's edition shows that the pattern finds pseudonyms
    assert pseudonyms(release.whole_database, somebody) != []
    assert pseudonyms(release.path / DATABASE, somebody) == []
    for path in release.path.rglob("*"):
        if path.is_file() and RESTRICTED not in path.relative_to(release.path).parts:
            # in a text file, a pseudonym is a whole word, because names of compiled tests may end
            # in a letter and a checksum; in a database, values follow one another without blanks
            word = somebody if path.suffix == ".duckdb" else rf"\b{somebody}"
            assert not re.search(word.encode(), path.read_bytes()), path.name


def pseudonyms(database, pattern):
    """Return the columns of a database that have a pseudonym in a value."""
    with duckdb.connect(str(database), read_only=True) as connection:
        columns = connection.execute(
            "select schema_name, table_name, column_name from duckdb_columns() "
            "semi join duckdb_tables() using (table_oid) "
            "where not internal and data_type in ('VARCHAR', 'JSON')"
        ).fetchall()
        return [
            f"{schema}.{table}.{column}"
            for schema, table, column in columns
            if connection.execute(
                f'select 1 from "{schema}"."{table}" '
                f"where regexp_matches(\"{column}\"::varchar, '{pattern}') limit 1"
            ).fetchall()
        ]


@pytest.mark.parametrize(
    ("time_given", "says"),
    [
        ("yesterday", "'yesterday' is not a time"),
        ("2999-01-01", "is in the future"),
        pytest.param(
            "2001-01-01T00:00",
            "nothing was known at 2001-01-01 00:00 CET",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_time_that_cannot_be_is_refused(published, tmp_path, time_given, says):
    home = copy_of(published, tmp_path / "home")
    done = klynge(home, "nightly", "--as-of", time_given)
    assert done.returncode == 2, done.stdout + done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert len(list_releases(home)) == 1


def test_every_contract_has_its_raw_table(published):
    tables = open_release(home=published).query(
        "select table_name from information_schema.tables where table_schema = 'raw'"
    )["table_name"]
    assert set(read_contracts(checkout.CONTRACTS)) <= set(tables)


@pytest.fixture
def watch(home, monkeypatch):
    """Return a function that evaluates the sensor of the inbox.

    Each evaluation starts with the cursor of the evaluation before it.
    """
    monkeypatch.setenv("KLYNGE_HOME", str(home.root))
    cursor = None

    def look():
        nonlocal cursor
        context = build_sensor_context(cursor=cursor)
        answer = inbox_watch(context)
        cursor = context.cursor
        return answer

    return look


def test_the_watch_asks_for_one_run_for_what_is_new(home, watch):
    assert isinstance(watch(), SkipReason)
    staff_file(home.inbox / "made", NAME, {"ufs": "1"})
    first = watch()
    assert isinstance(first, RunRequest)
    assert isinstance(watch(), SkipReason)
    staff_file(home.inbox / "clean", NAME, {"ufs": "1"}, "clean")
    second = watch()
    assert isinstance(second, RunRequest)
    assert second.run_key != first.run_key
    shutil.rmtree(home.inbox / "made")
    assert isinstance(watch(), SkipReason)


def test_the_watch_asks_again_for_a_file_that_was_corrected_in_place(home, watch):
    """When a reporter corrects a refused file, the file keeps its name and place."""
    path = staff_file(home.inbox / "made", NAME, {"ufs": "x"})
    first = watch()
    assert isinstance(watch(), SkipReason)
    earlier = path.stat().st_mtime - 60
    path.write_text(path.read_text().replace("x", "1"))
    os.utime(path, (earlier, earlier))
    second = watch()
    assert isinstance(second, RunRequest)
    assert second.run_key != first.run_key


def test_the_watch_waits_while_somebody_writes(home, watch):
    staff_file(home.inbox / "made", NAME, {"ufs": "1"})
    with home.locked():
        assert isinstance(watch(), SkipReason)
    assert isinstance(watch(), RunRequest)


def test_the_watch_can_do_without_an_inbox_that_can_be_read(home, watch):
    home.inbox.write_text("a file where a folder belongs")
    assert isinstance(watch(), SkipReason)


@pytest.mark.slow
def test_refused_rows_are_named_beside_every_figure_of_their_file(published, tmp_path):
    home = copy_of(published, tmp_path / "home")
    line = GRANT.replace("2021-01", "{}").replace("1.234.567,89", "{}")
    (home.inbox / "made").mkdir(parents=True)
    rows = line.format("a", "100"), line.format("b", "3 mio.")
    at_rest(write(home.inbox / "made", "funding_2024.csv", FUNDING, *rows))
    _, said = nightly(home, "--language", "da")
    told = "1 række i denne fil blev afvist: linje 3; 3.000.000 kr. heraf"
    assert told in said
    assert told in klynge(home, "status", "--language", "da").stdout
    figure = ("mart_funding_mix", "organisation_id=made", "period_id=2024", "basis=reported")
    trace = ("trace", *figure, "--column", "amount_kr")
    lines = klynge(home, *trace).stdout.splitlines()
    [verdict] = [n for n, text in enumerate(lines) if text.startswith("PROVED")]
    assert lines[verdict].startswith("PROVED, BUT INCOMPLETE: ")
    told = "1 row of this file was refused: line 3; 3,000,000 kr. among them"
    caveats = lines[lines.index("What to know before using the figure") + 1 :]
    assert any(told in text for text in caveats[: caveats.index("")])
    content = json.loads(klynge(home, *trace, "--format", "json").stdout)
    assert (content["proof"]["status"], len(content["gaps"])) == ("proved", 1)
    page = klynge(home, *trace, "--format", "html").stdout
    assert "BUT INCOMPLETE" in page
    assert content["gaps"][0] in page
    rows = csv.DictReader(io.StringIO(klynge(home, *trace, "--format", "csv").stdout))
    assert {row["rows_refused_in_file"] for row in rows if row["table"] == "raw.funding"} == {"1"}
    events = klynge(home, "lineage", "export").stdout.splitlines()
    assert any("raw.funding" in event and "line 3; 3,000,000 kr." in event for event in events)
    query = klynge(home, "query", "from evaluation.mart_funding_mix where basis = 'reported'")
    assert "note: 2 rows are partial or computed from a file with refused rows" in query.stderr

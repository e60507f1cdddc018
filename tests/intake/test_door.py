"""Test the way of a file from its arrival to its entry in the ledger."""

import hashlib
import os
from dataclasses import replace
from datetime import date

import pyarrow.parquet as pq
import pytest

from klynge import raw_zone
from klynge.errors import InputError, MachineError
from klynge.home import UNFINISHED
from klynge.intake import door as door_module
from klynge.intake.door import Door
from klynge.intake.submissions import Submission
from klynge.persons.erasing import erase_person
from klynge.persons.identity import identify
from klynge.raw_zone import decide, find_load, read_ledger
from tests.submitted import at_rest, receive, staff_file

GOOD_ROWS = {"ufs": "1,5", "deb": "2"}


@pytest.fixture
def door(home) -> Door:
    return Door.of(home)


def held(door: Door) -> Door:
    """Return the same door with a judge that objects to every file."""
    return replace(door, judge=lambda *_: ["half as many rows as last year"])


def table(door, load, name):
    return pq.read_table(raw_zone.folder(door.home, load.dataset, load.load_id) / name)


def test_a_file_is_archived_checked_and_in_the_ledger(door, tmp_path):
    path = staff_file(
        tmp_path, "full_time_equivalents_2021", {**GOOD_ROWS, "eu": "1", "other_income": "x"}
    )
    load = receive(door, path)
    assert (load.rows_read, load.rows_loaded, load.rows_rejected, load.rows_held) == (4, 2, 2, 0)
    assert (load.state, load.basis, load.accepted_by) == ("loaded", "reported", "door")
    assert load.retain_until == "2026-12-31"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert load.files == {path.name: digest}
    assert (door.home.archive / digest).read_bytes() == path.read_bytes()
    rows = table(door, load, "data.parquet")
    assert rows.column_names == [
        "source_row_key",
        *(column.name for column in door.contracts["full_time_equivalents"].columns),
    ]
    assert rows["source_row_key"].to_pylist() == [f"{load.load_id}#1", f"{load.load_id}#2"]
    rejected = table(door, load, "rejected.parquet")
    assert rejected.schema.names == raw_zone.REJECTED_SCHEMA.names
    assert rejected.select(["source_row_key", "line", "column", "value"]).to_pylist() == [
        {
            "source_row_key": f"{load.load_id}#3",
            "line": 4,
            "column": "staff_funder",
            "value": "eu",
        },
        {
            "source_row_key": f"{load.load_id}#4",
            "line": 5,
            "column": "full_time_equivalents",
            "value": "x",
        },
    ]
    assert read_ledger(door.home) == [load]


def test_the_same_file_twice_is_one_load(door, tmp_path):
    path = staff_file(tmp_path, "full_time_equivalents_2021", GOOD_ROWS)
    first = receive(door, path)
    written = {p: p.stat().st_mtime_ns for p in door.home.raw.rglob("*")}
    assert receive(door, path) == first
    elsewhere = staff_file(tmp_path / "again", "full_time_equivalents_2021", GOOD_ROWS)
    assert receive(door, elsewhere) == first
    assert {p: p.stat().st_mtime_ns for p in door.home.raw.rglob("*")} == written


def test_another_file_needs_another_number_and_each_is_kept(door, tmp_path):
    receive(door, staff_file(tmp_path, "full_time_equivalents_2021", GOOD_ROWS))
    other = staff_file(tmp_path, "full_time_equivalents_2021", {"ufs": "3"})
    with pytest.raises(InputError, match="the next number, 1"):
        receive(door, other)
    receive(door, other.rename(tmp_path / "full_time_equivalents_2021_c1.csv"))
    assert [load.correction_no for load in read_ledger(door.home)] == [0, 1]
    assert len(list(door.home.archive.iterdir())) == 2


@pytest.mark.parametrize(
    ("name", "reporter", "says"),
    [
        ("participants_2021", "companies_house", "no reporter"),
        ("companies_2021", "made", "may not send companies"),
        ("full_time_equivalents_1999", "made", "no year of full_time_equivalents '1999'"),
        ("full_time_equivalents_2021_v9", "made", "here version 1.0.0 is known"),
        ("participants_2021", "made", "header"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(door, tmp_path, name, reporter, says):
    path = staff_file(tmp_path, name, GOOD_ROWS)
    with pytest.raises(InputError, match=says):
        receive(door, path, reporter)
    assert path.exists()
    assert read_ledger(door.home) == []
    assert list(door.home.archive.iterdir()) == []


def test_a_closed_period_takes_nothing_new_but_knows_what_it_has(door, tmp_path):
    path = staff_file(tmp_path, "full_time_equivalents_2021", GOOD_ROWS)
    load = receive(door, path)
    periods = dict(door.reporting.periods)
    periods["2021"] = replace(periods["2021"], closes_on=date(2022, 6, 1))
    closed = replace(door, reporting=replace(door.reporting, periods=periods))
    assert receive(closed, path) == load
    late = staff_file(tmp_path, "full_time_equivalents_2021_c1", {"ufs": "3"})
    with pytest.raises(InputError, match="2021 was closed on 2022-06-01: reopen it"):
        receive(closed, late)


def test_a_file_the_judge_objects_to_is_held_until_somebody_decides(door, tmp_path):
    path = staff_file(tmp_path, "full_time_equivalents_2021", {**GOOD_ROWS, "eu": "1"})
    load = receive(held(door), path)
    assert (load.state, load.rows_read, load.rows_held, load.rows_loaded) == ("held", 3, 2, 0)
    assert load.about["objections"] == ["half as many rows as last year"]
    accepted = decide(door.home, load, accepted=True, role="secretariat", reason="a small year")
    assert (accepted.state, accepted.rows_held, accepted.rows_loaded) == ("loaded", 0, 2)
    assert (accepted.accepted_by, accepted.accepted_because) == ("secretariat", "a small year")
    assert find_load(door.home, load.load_id[:8]) == accepted
    assert receive(held(door), path) == accepted
    with pytest.raises(InputError, match="is loaded, not held"):
        decide(door.home, accepted, accepted=False, role="secretariat", reason="after all")


def test_a_rejected_load_stays_out_and_keeps_its_number(door, tmp_path):
    load = receive(held(door), staff_file(tmp_path, "full_time_equivalents_2021", GOOD_ROWS))
    rejected = decide(door.home, load, accepted=False, role="secretariat", reason="wrong year")
    assert (rejected.state, rejected.rows_held) == ("rejected", 2)
    with pytest.raises(InputError, match="the next number, 1"):
        receive(door, staff_file(tmp_path, "full_time_equivalents_2021", {"ufs": "3"}))


def test_the_judge_is_given_the_loads_of_every_reporter_that_count(door, tmp_path):
    seen = []
    watched = replace(door, judge=lambda *given: seen.append(given) or [])
    receive(watched, staff_file(tmp_path, "full_time_equivalents_2021", GOOD_ROWS))
    receive(watched, staff_file(tmp_path, "full_time_equivalents_2021_c1", {"ufs": "3"}))
    receive(
        watched, staff_file(tmp_path, "full_time_equivalents_2022", GOOD_ROWS, "clean"), "clean"
    )
    receive(watched, staff_file(tmp_path, "full_time_equivalents_2022", {"deb": "3"}))
    checked, submission, earlier = seen[-1]
    assert checked.rows.num_rows == 1
    assert submission == Submission("made", "full_time_equivalents", "2022")
    assert [(load.reporter, load.period, load.correction_no) for load in earlier] == [
        ("clean", "2022", 0),
        ("made", "2021", 1),
    ]


def test_the_sample_is_marked_and_the_checkout_may_send_a_new_one(door, tmp_path):
    first = receive(door, staff_file(tmp_path, "full_time_equivalents_2021", GOOD_ROWS), "sample")
    other = staff_file(tmp_path, "full_time_equivalents_2021", {"ufs": "3"}, "clean")
    second = receive(door, other, "sample")
    assert (first.basis, second.basis) == ("sample", "sample")
    assert first.load_id != second.load_id


def test_everything_submitted_is_the_owners_only(door, tmp_path):
    receive(door, staff_file(tmp_path, "full_time_equivalents_2021", GOOD_ROWS))
    for zone in (door.home.raw, door.home.archive, door.home.build, door.home.runs):
        assert zone.stat().st_mode & 0o777 == 0o700
    files = [p for zone in (door.home.raw, door.home.archive) for p in zone.rglob("*")]
    assert len([p for p in files if p.is_file()]) == 4
    assert all(p.stat().st_mode & 0o077 == 0 for p in files if p.is_file())


def test_a_file_that_changes_while_it_is_read_is_not_taken(door, tmp_path, monkeypatch):
    path = staff_file(tmp_path, "full_time_equivalents_2021", GOOD_ROWS)
    real, calls = os.fstat, []

    def changing(descriptor):
        calls.append(descriptor)
        if len(calls) == 2:
            path.write_text("more")
        return real(descriptor)

    monkeypatch.setattr(door_module.os, "fstat", changing)
    with pytest.raises(InputError, match="changed while it was read"):
        receive(door, path)
    assert read_ledger(door.home) == []


def test_a_name_that_is_no_text_does_no_harm(door, tmp_path):
    path = staff_file(tmp_path, "good", GOOD_ROWS)
    odd = path.rename(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.csv"))
    load = door.receive(odd, Submission("made", "full_time_equivalents", "2021"))
    assert list(load.files) == ["\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}.csv"]


@pytest.mark.parametrize(
    ("place", "says"),
    [
        (".", "is not a file"),
        ("nowhere.csv", "is not there, and no file in that folder"),
        ("nowhere/file.csv", "nowhere does not exist"),
    ],
)
def test_what_is_no_file_is_named(door, tmp_path, place, says):
    with pytest.raises(InputError, match=says):
        door.receive(tmp_path / place, Submission("made", "full_time_equivalents", "2021"))


def test_a_full_disk_leaves_nothing_half_written(door, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    path = staff_file(tmp_path, "full_time_equivalents_2021", GOOD_ROWS)
    monkeypatch.setattr(raw_zone.pq, "write_table", full)
    with pytest.raises(MachineError, match="the disk is full"):
        receive(door, path)
    monkeypatch.undo()
    assert read_ledger(door.home) == []
    assert receive(door, path).rows_loaded == 2
    assert not [p for p in door.home.archive.iterdir() if p.name.startswith(UNFINISHED)]


def test_the_same_file_for_another_year_is_held(home, tmp_path):
    door = Door.of(home)
    first = receive(door, staff_file(tmp_path, "full_time_equivalents_2021", {"ufs": "1"}))
    again = receive(door, staff_file(tmp_path, "full_time_equivalents_2022", {"ufs": "1"}))
    assert again.state == "held"
    [said] = again.about["objections"]
    assert f"the file of load {first.load_id} (made full_time_equivalents 2021)" in said
    raw_zone.withdraw(home, first, role="secretariat", reason="it was sent for a wrong year")
    third = receive(door, staff_file(tmp_path, "full_time_equivalents_2023", {"ufs": "1"}))
    assert third.about["objections"][0].startswith("same_file_elsewhere")
    raw_zone.withdraw(home, again, role="secretariat", reason="it was sent for a wrong year")
    raw_zone.withdraw(home, third, role="secretariat", reason="it was sent for a wrong year")
    right = receive(door, staff_file(tmp_path, "full_time_equivalents_2024", {"ufs": "1"}))
    assert right.state == "loaded"


def test_rows_about_an_erased_company_are_held(home, tmp_path):
    door = Door.of(home)
    header = "organisation_id;member_id;country;member_type;dues_kr"
    for year in ("2021", "2022"):
        path = tmp_path / f"memberships_{year}.csv"
        path.write_text(f"{header}\nmade;12345674;DK;company;{year}\n")
        at_rest(path)
        load = receive(door, path)
        if year == "2021":
            assert load.state == "loaded"
            person = identify(home, "12345674")
            erase_person(home, person, role="officer", reason="asked for")
    assert load.state == "held"
    [said] = load.about["objections"]
    assert "1 row is about somebody whom officer erased: asked for (line 2)" in said

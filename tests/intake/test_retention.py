"""Test how long submissions are kept, and how they are erased."""

from datetime import date

import pytest

from klynge import checkout, raw_zone
from klynge.errors import InputError
from klynge.intake import retention
from klynge.intake.door import Door
from klynge.intake.retention import erase, finish_erasures, past_retention
from klynge.intake.submissions import which_loads_count
from klynge.print.documents import land_documents
from klynge.raw_zone import read_ledger, read_load
from tests.submitted import receive, staff_file

NAME = "full_time_equivalents_2021"
WHY = {"role": "data protection officer", "reason": "asked for by the reporter"}


@pytest.fixture
def door(home) -> Door:
    return Door.of(home)


def left_of(home, load):
    folder = raw_zone.folder(home, load.dataset, load.load_id)
    archived = {p.name for p in home.archive.iterdir()} & set(load.files.values())
    return {p.name for p in folder.iterdir()}, archived


def test_a_submission_is_kept_for_five_years_after_its_own(door, tmp_path):
    load = receive(door, staff_file(tmp_path, NAME, {"ufs": "1"}))
    assert load.retain_until == "2026-12-31"
    assert past_retention([load], date(2026, 12, 31)) == []
    assert past_retention([load], date(2027, 1, 1)) == [load]
    erase(door.home, load, **WHY)
    assert past_retention(read_ledger(door.home), date(2027, 1, 1)) == []


def test_an_erased_load_leaves_its_entry_and_the_reason(door, tmp_path):
    path = staff_file(tmp_path, NAME, {"ufs": "1", "eu": "x"})
    load = receive(door, path)
    other = receive(door, staff_file(tmp_path / "b", NAME, {"ufs": "2"}, "clean"), "clean")
    erased = erase(door.home, load, **WHY)
    assert left_of(door.home, load) == ({"load.json", "erasure.json"}, set())
    assert erased.state == "erased"
    assert {k: erased.about["erasure"][k] for k in WHY} == WHY
    assert (erased.files, erased.rows_read, erased.rows_loaded) == (load.files, 2, 1)
    assert left_of(door.home, other)[0] == {"load.json", "data.parquet", "rejected.parquet"}
    assert left_of(door.home, other)[1]
    with pytest.raises(InputError, match="is erased already"):
        erase(door.home, erased, **WHY)
    with pytest.raises(InputError, match="was erased: asked for by the reporter; if its rows"):
        receive(door, path)
    assert left_of(door.home, load) == ({"load.json", "erasure.json"}, set())


def test_what_an_erased_load_replaced_does_not_come_back(door, tmp_path):
    receive(door, staff_file(tmp_path, NAME, {"ufs": "1"}))
    newer = receive(door, staff_file(tmp_path, f"{NAME}_c1", {"ufs": "2"}))
    erase(door.home, newer, **WHY)
    assert [x.load_id for x in which_loads_count(read_ledger(door.home))] == [newer.load_id]


def test_a_file_that_another_load_came_in_stays(door, tmp_path):
    path = staff_file(tmp_path, NAME, {"ufs": "1"})
    first = receive(door, path)
    second = receive(door, path.rename(tmp_path / "full_time_equivalents_2022.csv"))
    erase(door.home, first, **WHY)
    assert left_of(door.home, first) == (
        {"load.json", "erasure.json"},
        set(second.files.values()),
    )
    erase(door.home, second, **WHY)
    assert left_of(door.home, second)[1] == set()


def test_an_erasure_that_was_cut_short_is_finished(door, tmp_path, monkeypatch):
    load = receive(door, staff_file(tmp_path, NAME, {"ufs": "1"}))
    monkeypatch.setattr(retention, "finish_erasures", lambda _: None)
    erase(door.home, load, **WHY)
    monkeypatch.undo()
    assert "data.parquet" in left_of(door.home, load)[0]
    finish_erasures(door.home)
    assert left_of(door.home, load) == ({"load.json", "erasure.json"}, set())
    assert read_load(door.home, load.dataset, load.load_id).erased


def test_a_printed_document_is_not_erased(home):
    load = land_documents(home, checkout.SEEDS)[0]
    with pytest.raises(InputError, match="not a submission"):
        erase(home, load, **WHY)

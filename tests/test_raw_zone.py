"""A load is in the raw zone as a whole or not at all; the same files give the same load."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from klynge import checkout, raw_zone
from klynge.errors import MachineError
from klynge.home import UNFINISHED
from klynge.print import documents
from klynge.print.claims import claim_terms
from klynge.print.documents import CLAIM_TERMS, land_documents
from klynge.raw_zone import Load, read_ledger, write_load


def test_the_same_documents_twice_are_one_load_each(home):
    first = land_documents(home, checkout.SEEDS)
    written = {p: p.stat().st_mtime_ns for p in home.raw.rglob("*")}
    assert land_documents(home, checkout.SEEDS) == first
    assert {p: p.stat().st_mtime_ns for p in home.raw.rglob("*")} == written


def test_a_load_keeps_every_row_and_its_ledger_entry(home):
    for load in land_documents(home, checkout.SEEDS):
        folder = home.raw / load.dataset / load.load_id
        assert pq.read_table(folder / "data.parquet").num_rows == load.rows_loaded
        assert pq.read_table(folder / "rejected.parquet").num_rows == load.rows_rejected == 0
        assert load.rows_read == load.rows_loaded + load.rows_rejected + load.rows_held
        entry = json.loads((folder / "load.json").read_text(encoding="utf-8"))
        assert entry["basis"] == "published"
        assert all((home.archive / digest).is_file() for digest in load.files.values())


def test_the_archive_is_the_owners_only(home):
    assert home.archive.stat().st_mode & 0o077 == 0


def test_a_full_disk_leaves_nothing_half_written(home, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(raw_zone.pq, "write_table", full)
    with pytest.raises(MachineError, match="the disk is full: free some space"):
        land_documents(home, checkout.SEEDS)
    finished = [p for p in home.raw.rglob("load.json") if UNFINISHED not in str(p)]
    assert finished == []
    monkeypatch.undo()
    # there are three loads for each of five documents: cells, claims and terms
    assert len(land_documents(home, checkout.SEEDS)) == 15


def test_the_terms_of_claims_are_another_load_when_they_change_with_other_documents(
    home, monkeypatch
):
    """A claim can lose a term although the files of its document are unchanged.

    This happens if another document loses a cell.
    """
    before = land_documents(home, checkout.SEEDS)
    monkeypatch.setattr(documents, "claim_terms", lambda *given: claim_terms(*given)[:1])
    after = land_documents(home, checkout.SEEDS)
    changed = {
        load.dataset
        for load, former in zip(after, before, strict=True)
        if load.load_id != former.load_id
    }
    assert changed == {CLAIM_TERMS}


def test_the_ledger_is_in_order_of_arrival(home):
    for load_id, hour in (("a", "03"), ("b", "01"), ("c", "02")):
        load = Load(
            load_id, "activities", "made", "2021", 0, "reported", "1.0.0", {}, 0, 0, 0, 0,
            f"2026-01-01T{hour}:00:00.000+00:00", "door", None,
        )  # fmt: skip
        write_load(home, load, pa.table({"source_row_key": []}))
    assert [load.load_id for load in read_ledger(home)] == ["b", "c", "a"]

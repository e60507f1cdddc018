"""The raw zone: a load is whole or absent, the same files are the same load."""

import json

import pyarrow.parquet as pq
import pytest

from klynge import checkout, raw_zone
from klynge.errors import MachineError
from klynge.home import UNFINISHED
from klynge.print.documents import land_documents


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
    # cells, claims and terms of five documents
    assert len(land_documents(home, checkout.SEEDS)) == 15

"""The raw zone and its ledger: every load is written once, whole, and never changed."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from klynge.home import UNFINISHED, Home, machine_errors, read_json, write_atomically, write_json

#: Columns of ``rejected.parquet``, for every dataset.
REJECTED = pa.schema(
    [
        (name, pa.string())
        for name in ("source_row_key", "column", "value", "reason_en", "reason_da")
    ]
)


@dataclass(frozen=True)
class Load:
    """A ledger entry: what was loaded, from which files, by whom, and how many rows."""

    load_id: str
    dataset: str
    reporter: str
    period: str
    correction_no: int
    basis: str
    contract_version: str
    files: dict[str, str]
    rows_read: int
    rows_loaded: int
    rows_rejected: int
    rows_held: int
    received_at: str
    accepted_by: str
    accepted_because: str
    about: dict[str, Any] = field(default_factory=dict)


def load_id(identity: Mapping[str, Any]) -> str:
    """16 hexadecimal digits of a hash over what identifies a load; the same file, the same id."""
    canonical = json.dumps(identity, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def folder(home: Home, dataset: str, identifier: str) -> Path:
    """Where a load lies."""
    return home.raw / dataset / identifier


def write_load(home: Home, load: Load, rows: pa.Table, files: Mapping[str, bytes]) -> None:
    """Archive the received files and put the load in its place by one rename.

    ``rows`` carries ``source_row_key`` (text) and the contract's columns. A load that is there
    already stays as it is: it was made from the same files.
    """
    final = folder(home, load.dataset, load.load_id)
    if final.exists():
        return
    with machine_errors(str(home.raw)):
        for data in files.values():
            kept = home.archive / hashlib.sha256(data).hexdigest()
            if not kept.exists():
                write_atomically(kept, data)
        draft = final.with_name(f"{UNFINISHED}{load.load_id}")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        pq.write_table(rows, draft / "data.parquet")
        pq.write_table(REJECTED.empty_table(), draft / "rejected.parquet")
        write_json(draft / "load.json", asdict(load))
        draft.rename(final)


def read_load(home: Home, dataset: str, identifier: str) -> Load:
    """The ledger entry of one load."""
    return Load(**read_json(folder(home, dataset, identifier) / "load.json"))


def now() -> str:
    """The moment, in UTC, as the ledger writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")

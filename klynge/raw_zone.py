"""The raw zone and its ledger: every load is written once, whole, and never changed.

A load's folder holds ``load.json``, ``data.parquet`` and ``rejected.parquet``. Two files may be
added later, each written once: ``decision.json`` for a load that was held, and ``erasure.json`` for
a load whose rows were erased.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from klynge.errors import InputError
from klynge.home import (
    UNFINISHED,
    Home,
    machine_errors,
    own_alone,
    read_json,
    write_atomically,
    write_json,
)

#: Columns of ``rejected.parquet``, for every dataset; one row for each fault.
REJECTED_SCHEMA = pa.schema(
    {
        "source_row_key": pa.string(),
        "source_row": pa.int64(),
        "line": pa.int64(),
        "column": pa.string(),
        "value": pa.string(),
        "reason_en": pa.string(),
        "reason_da": pa.string(),
    }
)
DATA, REJECTS = "data.parquet", "rejected.parquet"
DECISION, ERASURE = "decision", "erasure"


@dataclass(frozen=True)
class Load:
    """A ledger entry: what was loaded, from which files, by whom, and how many rows.

    ``about`` holds facts that only some loads have: a document's origin card; a submission's
    ``objections`` and ``warnings``, and its later ``decision`` and ``erasure``.
    ``retain_until`` is the last day on which a submission is kept.
    """

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
    accepted_by: str | None
    accepted_because: str | None
    about: dict[str, Any] = field(default_factory=dict)
    partial: bool = False
    retain_until: str | None = None

    @property
    def slot(self) -> tuple[str, str, str]:
        """The slot of a submission: reporter, dataset and period."""
        return self.reporter, self.dataset, self.period

    @property
    def accepted(self) -> bool:
        """Whether its rows are accepted, by the door or by a later decision."""
        return self.accepted_by is not None

    @property
    def erased(self) -> bool:
        """Whether its rows are gone; the entry, its counts and the file's hash stay."""
        return ERASURE in self.about

    @property
    def state(self) -> str:
        """One word: loaded, held, rejected or erased."""
        if self.erased:
            return "erased"
        if self.accepted:
            return "loaded"
        return "rejected" if DECISION in self.about else "held"


def load_id(identity: Mapping[str, Any]) -> str:
    """16 hexadecimal digits of a hash of the load's identity; the same file has the same id."""
    canonical = json.dumps(identity, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def folder(home: Home, dataset: str, identifier: str) -> Path:
    """The folder of a load."""
    return home.raw / dataset / identifier


def rows_of(home: Home, load: Load) -> Path:
    """The file with a load's rows; it is gone once they are erased."""
    return folder(home, load.dataset, load.load_id) / DATA


def archive(home: Home, files: Iterable[bytes]) -> None:
    """Store the files as they were received, each under its SHA-256."""
    for data in files:
        kept = home.archive / hashlib.sha256(data).hexdigest()
        if not kept.exists():
            write_atomically(kept, data)
            own_alone(kept)


def write_load(home: Home, load: Load, rows: pa.Table, rejected: pa.Table | None = None) -> None:
    """Put a load in its place by one rename.

    ``rows`` has ``source_row_key`` (text) and the contract's columns, ``rejected`` the columns of
    :data:`REJECTED_SCHEMA`. An existing load stays as it is, because it comes from the same files.
    """
    final = folder(home, load.dataset, load.load_id)
    if final.exists():
        return
    with machine_errors(str(home.raw)):
        draft = final.with_name(f"{UNFINISHED}{load.load_id}")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700, parents=True)
        pq.write_table(rows, draft / DATA, use_dictionary=_repeating(rows.schema))
        pq.write_table(rejected or REJECTED_SCHEMA.empty_table(), draft / REJECTS)
        write_json(draft / "load.json", asdict(load))
        for path in draft.iterdir():
            own_alone(path)
        draft.rename(final)


def _repeating(schema: pa.Schema) -> list[str]:
    # every row has its own key, so a dictionary of the keys would only take space
    return [name for name in schema.names if name != "source_row_key"]


def read_load(home: Home, dataset: str, identifier: str, as_of: datetime | None = None) -> Load:
    """The ledger entry of one load, with its decision; ``as_of`` hides a later decision.

    An erasure is included even if it was made after ``as_of``, because the rows are gone.
    """
    place = folder(home, dataset, identifier)
    load = Load(**read_json(place / "load.json"))
    if (place / f"{ERASURE}.json").exists():
        load.about[ERASURE] = read_json(place / f"{ERASURE}.json")
    if not (place / f"{DECISION}.json").exists():
        return load
    decision = read_json(place / f"{DECISION}.json")
    if as_of is not None and datetime.fromisoformat(decision["decided_at"]) > as_of:
        return load
    load.about[DECISION] = decision
    if not decision["accepted"]:
        return load
    return replace(
        load,
        rows_loaded=load.rows_held,
        rows_held=0,
        accepted_by=decision["role"],
        accepted_because=decision["reason"],
    )


def read_ledger(home: Home, as_of: datetime | None = None) -> list[Load]:
    """Every load in order of arrival, as the ledger stands or as it stood at ``as_of``."""
    loads = [
        read_load(home, path.parent.parent.name, path.parent.name, as_of)
        for path in home.raw.glob("*/*/load.json")
        if not path.parent.name.startswith(UNFINISHED)
    ]
    known = [x for x in loads if as_of is None or datetime.fromisoformat(x.received_at) <= as_of]
    return sorted(known, key=lambda load: (load.received_at, load.load_id))


def find_load(home: Home, identifier: str) -> Load:
    """The load with this id, or with this beginning of an id.

    Raises :class:`InputError` if there is no such load, or several.
    """
    named = [load for load in read_ledger(home) if load.load_id.startswith(identifier)]
    if len(named) != 1:
        raise InputError(f"no single load {identifier!r}: `klynge loads list` shows their ids")
    return named[0]


def decide(home: Home, load: Load, *, accepted: bool, role: str, reason: str) -> Load:
    """Accept or reject a held load; the ledger keeps role and reason, and the decision is final.

    Raises :class:`InputError` for a load that is not held.
    """
    if load.state != "held":
        raise InputError(
            f"load {load.load_id} is {load.state}, not held: there is nothing to decide; "
            "what is wrong in it is mended by a correction"
        )
    said = {"accepted": accepted, "role": role, "reason": reason, "decided_at": now()}
    note(home, load, DECISION, said)
    return read_load(home, load.dataset, load.load_id)


def note(home: Home, load: Load, name: str, content: Mapping[str, Any]) -> None:
    """Write a decision or an erasure beside a load."""
    path = folder(home, load.dataset, load.load_id) / f"{name}.json"
    write_json(path, content)
    own_alone(path)


def now() -> str:
    """The current time in UTC, in the format of the ledger."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")

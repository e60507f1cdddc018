"""The raw zone and its ledger: every load is written once, whole, and never changed.

A load's folder holds ``load.json``, ``data.parquet`` and ``rejected.parquet``. Three files may be
added later, each written once: ``decision.json`` for a load that was held, ``withdrawal.json`` for
a load that no longer counts, and ``erasure.json`` for a load whose rows were erased. A load can
have several files of two further kinds. Each ``acceptance-<check>.json`` names a rule that the
load's rows may break. Each ``row-erasure-<time>.json`` records the erasure of a single person's
rows. ``set_aside.json`` says why the last nightly run left the load out. It is the only file that
the next nightly run replaces or removes.
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
    require_readable,
    write_atomically,
    write_json,
    write_json_once,
)
from klynge.messages import Message, message, restored, stored
from klynge.words import NOTES, STATES

#: Columns of ``rejected.parquet``, the same for every dataset. Each fault has one row.
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
OBJECTIONS = "objections"
#: The role under which the door itself accepts a load.
DOOR = "door"
DECISION, WITHDRAWAL, ERASURE = "decision", "withdrawal", "erasure"
#: A load may have several notes whose names begin with one of these words.
ACCEPTANCE, ROW_ERASURE = "acceptance", "row-erasure"
#: The entry of ``about`` that says which rules made the last nightly run leave the load out.
SET_ASIDE = "set_aside"
#: The entry of ``about`` with the erasures of single rows, in order of time.
ROW_ERASURES = "row_erasures"
#: The entry of ``about`` with the rules that the load's rows may break: check id -> acceptance.
ACCEPTANCES = "acceptances"


@dataclass(frozen=True)
class Load:
    """A ledger entry: dataset, reporter, period, files and numbers of rows of a load.

    ``about`` holds facts that only some loads have. A document has its origin card. A submission
    may have ``objections``, ``warnings`` and ``refused`` rows, and later a ``decision``, a
    ``withdrawal`` and an ``erasure``.
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
        """Whether the load's rows are accepted, by the door or by a later decision."""
        return self.accepted_by is not None

    @property
    def erased(self) -> bool:
        """Whether the load's rows are erased; the ledger keeps their number and the file's hash."""
        return ERASURE in self.about

    @property
    def rows_erased(self) -> int:
        """The number of loaded rows that were erased with a single person or company."""
        return sum(erasure["rows"] for erasure in self.about.get(ROW_ERASURES, ()))

    @property
    def withdrawn(self) -> bool:
        """Whether the load was withdrawn and no longer counts; the load that it replaced counts."""
        return WITHDRAWAL in self.about

    @property
    def is_set_aside(self) -> bool:
        """Whether the last nightly run left the load out because its rows break a rule."""
        return SET_ASIDE in self.about

    @property
    def state(self) -> str:
        """One word: loaded, held, rejected, set_aside, withdrawn or erased."""
        if self.erased:
            return "erased"
        if self.withdrawn:
            return "withdrawn"
        if self.accepted:
            return "set_aside" if self.is_set_aside else "loaded"
        return "rejected" if DECISION in self.about else "held"

    @property
    def state_word(self) -> Message:
        """The state as a word for a reader."""
        return STATES[self.state]


def load_id(identity: Mapping[str, Any]) -> str:
    """Hash the load's identity to 16 hexadecimal digits; the same file gets the same id."""
    canonical = json.dumps(identity, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def folder(home: Home, dataset: str, identifier: str) -> Path:
    """The folder of a load."""
    return home.raw / dataset / identifier


def rows_of(home: Home, load: Load) -> Path:
    """The file with a load's rows; erasing the rows removes the file."""
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

    ``rows`` has ``source_row_key`` (text) and the contract's columns, ``rejected`` has those of
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
        write_json(draft / "load.json", _as_content(load))
        for path in draft.iterdir():
            own_alone(path)
        draft.rename(final)


def _as_content(load: Load) -> dict[str, Any]:
    """Return a ledger entry as JSON content; its objections are kept in both languages."""
    content = asdict(load)
    if OBJECTIONS in load.about:
        content["about"][OBJECTIONS] = [stored(one) for one in load.about[OBJECTIONS]]
    return content


def _repeating(schema: pa.Schema) -> list[str]:
    # every row has its own key, so a dictionary of the keys would only take space
    return [name for name in schema.names if name != "source_row_key"]


def read_load(home: Home, dataset: str, identifier: str, as_of: datetime | None = None) -> Load:
    """Read the ledger entry of a load; decisions and withdrawals after ``as_of`` are left out.

    An erasure is included even if it was made after ``as_of``, because the rows are gone.
    """
    place = folder(home, dataset, identifier)
    load = Load(**read_json(place / "load.json"))
    if OBJECTIONS in load.about:
        load.about[OBJECTIONS] = [restored(one) for one in load.about[OBJECTIONS]]
    if (place / f"{ERASURE}.json").exists():
        load.about[ERASURE] = read_json(place / f"{ERASURE}.json")
    if withdrawal := _read_note(place, WITHDRAWAL, "withdrawn_at", as_of):
        load.about[WITHDRAWAL] = withdrawal
    _add_acceptances(load, place, as_of)
    if erasures := [read_json(path) for path in sorted(place.glob(f"{ROW_ERASURE}-*.json"))]:
        load.about[ROW_ERASURES] = erasures
    decision = _read_note(place, DECISION, "decided_at", as_of)
    if decision is None:
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


def _add_acceptances(load: Load, place: Path, as_of: datetime | None) -> None:
    """Add the rules that the load may break, and why the last nightly run left the load out.

    With ``as_of``, the second part is omitted, because only the last run records it.
    """
    accepted = {}
    for path in sorted(place.glob(f"{ACCEPTANCE}-*.json")):
        if acceptance := _read_note(place, path.stem, "accepted_at", as_of):
            accepted[acceptance["check_id"]] = acceptance
    if accepted:
        load.about[ACCEPTANCES] = accepted
    record = _read_note(place, SET_ASIDE, "set_aside_at", None) if as_of is None else None
    if record and any(check["check_id"] not in accepted for check in record["checks"]):
        load.about[SET_ASIDE] = record


def _read_note(place: Path, name: str, time: str, as_of: datetime | None) -> dict[str, Any] | None:
    """Read a note beside a load; None if no note exists or it was written after ``as_of``."""
    path = place / f"{name}.json"
    if not path.exists():
        return None
    content: dict[str, Any] = read_json(path)
    is_later = as_of is not None and datetime.fromisoformat(content[time]) > as_of
    return None if is_later else content


def read_ledger(home: Home, as_of: datetime | None = None) -> list[Load]:
    """Read every load in order of arrival, as the ledger is now or was at the time ``as_of``.

    Raises :class:`MachineError` if this user may not read the raw zone.
    """
    require_readable(home.raw)
    loads = [
        read_load(home, path.parent.parent.name, path.parent.name, as_of)
        for path in home.raw.glob("*/*/load.json")
        if not path.parent.name.startswith(UNFINISHED)
    ]
    known = [x for x in loads if as_of is None or datetime.fromisoformat(x.received_at) <= as_of]
    return sorted(known, key=lambda load: (load.received_at, load.load_id))


def find_load(home: Home, identifier: str) -> Load:
    """Find the load whose id is or begins with ``identifier``.

    Raises :class:`InputError` if no load or several loads match.
    """
    named = [load for load in read_ledger(home) if load.load_id.startswith(identifier)]
    if len(named) != 1:
        raise InputError(
            message(
                "no single load {load_id!r}: `klynge loads list` shows their ids",
                load_id=identifier,
            )
        )
    return named[0]


def decide(home: Home, load: Load, *, accepted: bool, role: str, reason: str) -> Load:
    """Accept or reject a held load; the ledger keeps role and reason, and the decision is final.

    Raises :class:`InputError` if the load is not held, or if the role or the reason is empty.
    """
    require_reason(role, reason)
    require_held(load)
    said = {"accepted": accepted, "role": role, "reason": reason, "decided_at": now()}
    note(home, load, DECISION, said)
    return read_load(home, load.dataset, load.load_id)


def withdraw(home: Home, load: Load, *, role: str, reason: str) -> Load:
    """Withdraw a submission: it no longer counts, and the load that it replaced counts again.

    Its rows stay, and the ledger keeps role and reason. Raises :class:`InputError` if no
    reporter sent the load, if the load is rejected, withdrawn or erased, or if the role or the
    reason is empty.
    """
    require_reason(role, reason)
    require_withdrawable(load)
    said = {"role": role, "reason": reason, "withdrawn_at": now()}
    note(home, load, WITHDRAWAL, said)
    return read_load(home, load.dataset, load.load_id)


def require_reason(role: str, reason: str) -> None:
    """Raise :class:`InputError` if the role or the reason of a decision is empty or blank."""
    if not role.strip() or not reason.strip():
        raise InputError(
            message("role and reason must not be empty: the ledger keeps who decided and why")
        )


def require_held(load: Load) -> None:
    """Raise :class:`InputError` for a load that is not held, so that nobody can decide on it."""
    if load.state != "held":
        raise InputError(
            message(
                "load {load_id} is {state}, not held: there is nothing to decide; an error in its "
                "rows is put right by a correction, or the load is withdrawn",
                load_id=load.load_id,
                state=load.state_word,
            )
        )


def require_withdrawable(load: Load) -> None:
    """Raise :class:`InputError` for a load that cannot be withdrawn."""
    if load.basis != "reported":
        raise InputError(
            message(
                "load {load_id} was sent by no reporter: it cannot be withdrawn",
                load_id=load.load_id,
            )
        )
    if load.state not in ("loaded", "held", "set_aside"):
        raise InputError(
            message(
                "load {load_id} is {state}: there is nothing to withdraw",
                load_id=load.load_id,
                state=load.state_word,
            )
        )


def note(home: Home, load: Load, name: str, content: Mapping[str, Any]) -> None:
    """Write a decision, a withdrawal or an erasure beside a load; each can be written only once.

    Raises :class:`InputError` if the note exists already; the error names the role that wrote it.
    """
    path = folder(home, load.dataset, load.load_id) / f"{name}.json"
    if not write_json_once(path, content):
        existing = read_json(path)
        raise InputError(
            message(
                "load {load_id} has a {note} already, by {role}: {reason}; it is final",
                load_id=load.load_id,
                note=next(word for kind, word in NOTES.items() if name.startswith(kind)),
                role=existing["role"],
                reason=existing["reason"],
            )
        )
    own_alone(path)


def now() -> str:
    """The current time in UTC, in the format of the ledger."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")

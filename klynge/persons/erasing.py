"""Erase one person or company. The other rows of its loads stay.

The role and the reason are written first. They are written beside each load, with the keys of the
erased rows, and in the list of erasures. Therefore an interrupted erasure can be finished later,
and rows from an old backup can be erased again. The other rows keep their source row keys. The
received file is deleted, because it contains the identifier. The ledger keeps the hash of the file.
"""

from collections.abc import Collection, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from klynge import checkout, raw_zone
from klynge.home import UNFINISHED, Home, machine_errors, own_alone
from klynge.intake.contracts import Contract, read_contracts
from klynge.intake.erasure_list import (
    ErasureEntry,
    enter_erasure,
    hash_pseudonym,
    read_erasures,
)
from klynge.intake.retention import finish_erasures
from klynge.persons.copies import (
    dagster_databases,
    find_in_files,
    redact_file,
    redact_sqlite,
)
from klynge.persons.finding import InLoad, find_in_loads
from klynge.persons.identity import Person
from klynge.raw_zone import ROW_ERASURE, ROW_ERASURES, Load, read_ledger
from klynge.redaction import ERASED, redact_records
from klynge.releases.erasing import Cleanup, finish_erasure
from klynge.releases.reading import find_outdated, list_releases, open_release


def erase_person(
    home: Home, person: Person, *, role: str, reason: str
) -> tuple[tuple[InLoad, ...], Cleanup]:
    """Erase a person everywhere. Return where its rows were, and what else was removed.

    The caller holds the lock of the home. Nothing is written if no load has rows about the person.
    Raises :class:`InputError` if the role or the reason is missing.
    """
    raw_zone.require_reason(role, reason)
    found = tuple(find_in_loads(home, person))
    now = raw_zone.now()
    if found:
        entry = ErasureEntry(
            erased_at=now,
            role=role,
            reason=reason,
            load_ids=[one.load.load_id for one in found],
            pseudonym_hashes=person.hashes,
            rejects={one.load.load_id: list(one.rejects) for one in found if one.rejects},
        )
        enter_erasure(home, entry)
        for one in found:
            _note(home, one, entry)
    _remove_noted_rows(home)
    cleanup = finish_erasure(home)
    _redact_copies(home, person.texts)
    return found, cleanup


def finish_interrupted(home: Home) -> list[str]:
    """Finish interrupted erasures, and erase again the rows that a backup brought back.

    Returns one sentence for each load in which erased rows were found again. The caller holds the
    lock.
    """
    said = erase_again(home)
    _remove_noted_rows(home)
    finish_erasures(home)
    current = home.releases / "current"
    if said or (current.exists() and find_outdated(open_release(home=home), read_ledger(home))):
        finish_erasure(home)
    return said


def _remove_noted_rows(home: Home) -> None:
    """Remove the rows, rejected values and files that the ledger notes as erased."""
    for load in read_ledger(home):
        for note in load.about.get(ROW_ERASURES, ()):
            _remove_rows(home, load, note["source_row_keys"])
            _blank_rejects(home, load, note["rejects"])
            for digest in note["files"]:
                (home.archive / digest).unlink(missing_ok=True)


def erase_again(home: Home) -> list[str]:
    """Erase again the rows and loads that a restored backup has brought back.

    The list of erasures names these rows and loads. Returns one sentence for each load. The caller
    holds the lock of the home.
    """
    entries = read_erasures(home)
    said = []
    contracts = read_contracts(checkout.CONTRACTS)
    for load in read_ledger(home) if entries else ():
        for entry in entries:
            if load.received_at >= entry.erased_at or load.erased:
                continue
            if not entry.pseudonym_hashes:
                back = load.load_id in entry.load_ids
                if back:
                    _erase_load_again(home, load, entry)
            else:
                back = _erase_rows_again(home, load, contracts.get(load.dataset), entry)
            if back:
                said.append(
                    f"load {load.load_id} held rows again that {entry.role} had erased on "
                    f"{entry.erased_at[:10]}: {entry.reason}"
                )
    return said


def find_brought_back(home: Home) -> list[tuple[Load, ErasureEntry]]:
    """Find loads that the list of erasures names, but whose ledger entry notes no erasure."""
    entries = read_erasures(home)
    return [
        (load, entry)
        for load in (read_ledger(home) if entries else ())
        for entry in entries
        if load.load_id in entry.load_ids and not load.erased and not _is_noted(load, entry)
    ]


def _is_noted(load: Load, entry: ErasureEntry) -> bool:
    times = {note["erased_at"] for note in load.about.get(ROW_ERASURES, ())}
    return bool(entry.pseudonym_hashes) and entry.erased_at in times


def _note(home: Home, found: InLoad, entry: ErasureEntry) -> None:
    said = {
        "role": entry.role,
        "reason": entry.reason,
        "erased_at": entry.erased_at,
        "rows": len(found.row_keys),
        "source_row_keys": list(found.row_keys),
        "rejects": list(found.rejects),
        "files": list(found.files),
    }
    stamp = "".join(c for c in entry.erased_at if c.isdigit())
    raw_zone.note(home, found.load, f"{ROW_ERASURE}-{stamp}", said)


def _erase_load_again(home: Home, load: Load, entry: ErasureEntry) -> None:
    said = {"role": entry.role, "reason": entry.reason, "erased_at": entry.erased_at}
    raw_zone.note(home, load, raw_zone.ERASURE, said)


def _erase_rows_again(
    home: Home, load: Load, contract: Contract | None, entry: ErasureEntry
) -> bool:
    """Record the rows of an erased person in a load; return whether any must be erased again."""
    path = raw_zone.rows_of(home, load)
    if contract is None or load.basis != "reported" or not path.is_file():
        return False
    known = set(pq.read_schema(path).names)
    names = [c.name for c in contract.columns if c.personal and c.name in known]
    if not names:
        return False
    rows = pq.read_table(path, columns=["source_row_key", *names])
    wanted = set(entry.pseudonym_hashes)
    keys: set[str] = set()
    for name in names:
        erased = [p for p in rows[name].unique().to_pylist() if p and hash_pseudonym(p) in wanted]
        keys |= set(rows.filter(pc.is_in(rows[name], pa.array(erased, pa.string())))[0].to_pylist())
    missing_note = load.load_id in entry.load_ids and not _is_noted(load, entry)
    if not keys and not missing_note:
        return False
    if _is_noted(load, entry):
        # the note exists, so only the rows came back
        return bool(keys)
    files = [d for d in load.files.values() if (home.archive / d).is_file()]
    rejects = tuple(entry.rejects.get(load.load_id, ()))
    _note(home, InLoad(load, tuple(sorted(keys)), rejects, (), tuple(files)), entry)
    return True


def _remove_rows(home: Home, load: Load, keys: Sequence[str]) -> None:
    path = raw_zone.rows_of(home, load)
    if not keys or not path.is_file():
        return
    rows = pq.read_table(path)
    kept = rows.filter(pc.invert(pc.is_in(rows["source_row_key"], pa.array(keys))))
    if kept.num_rows < rows.num_rows:
        _replace(path, kept)


def _blank_rejects(home: Home, load: Load, places: Sequence[int]) -> None:
    """Remove the values of an erased person from rejected rows, but keep line and column."""
    path = raw_zone.folder(home, load.dataset, load.load_id) / raw_zone.REJECTS
    if not places or not path.is_file():
        return
    faults = pq.read_table(path)
    rows = faults.to_pylist()
    if all(rows[place]["value"] == ERASED for place in places):
        return
    for place in places:
        rows[place] |= {"value": ERASED, "reason_en": "erased", "reason_da": "slettet"}
    _replace(path, pa.Table.from_pylist(rows, schema=faults.schema))


def _replace(path: Path, table: pa.Table) -> None:
    draft = path.with_name(f"{UNFINISHED}{path.name}")
    with machine_errors(str(path)):
        pq.write_table(table, draft)
        own_alone(draft)
        draft.replace(path)


def _redact_copies(home: Home, texts: Collection[str]) -> None:
    """Remove the pseudonyms from records of runs, files of releases and Dagster's storage."""
    redact_records(home, texts)
    for release in list_releases(home):
        for path in list(find_in_files(release, texts)):
            redact_file(path, texts)
    for database in dagster_databases(home):
        redact_sqlite(database, texts)

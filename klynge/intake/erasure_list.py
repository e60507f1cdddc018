"""The list of erasures, which is kept outside the backup.

A backup that is older than an erasure brings the erased rows back. So every erasure is also entered
into a list. The list is ``erasures.json`` in the home, or the file that ``KLYNGE_ERASURES_FILE``
names. Keep a copy of the list outside the backup, with the pseudonym key. When you restore a
backup, restore the newest copy of the list as well. The list names no person, because it has only
hashes of pseudonyms.
"""

import hashlib
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from klynge.home import Home, own_alone, read_json, write_json


@dataclass(frozen=True)
class ErasureEntry:
    """An erasure of a whole load, or of one person's rows in several loads.

    ``pseudonym_hashes`` is empty for the erasure of a whole load. ``load_ids`` are the loads whose
    rows were erased. ``rejects`` maps a load id to the places of erased values in its rejected
    rows.
    """

    erased_at: str
    role: str
    reason: str
    load_ids: list[str]
    pseudonym_hashes: list[str] = field(default_factory=list)
    rejects: dict[str, list[int]] = field(default_factory=dict)


def list_path(home: Home) -> Path:
    """The file with the list."""
    named = os.environ.get("KLYNGE_ERASURES_FILE")
    return Path(named) if named else home.root / "erasures.json"


def read_erasures(home: Home) -> list[ErasureEntry]:
    """Every erasure, oldest first."""
    path = list_path(home)
    return [ErasureEntry(**entry) for entry in read_json(path)] if path.exists() else []


def enter_erasure(home: Home, entry: ErasureEntry) -> None:
    """Add an erasure to the list. The caller holds the lock of the home."""
    path = list_path(home)
    write_json(path, [*map(asdict, read_erasures(home)), asdict(entry)])
    own_alone(path)


def hash_pseudonym(pseudonym: str) -> str:
    """The hash of a pseudonym; without the key, it says nothing about the person."""
    return hashlib.sha256(pseudonym.encode()).hexdigest()

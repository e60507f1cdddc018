"""The ledger of a home's overlay. Each accepted version is written once and never changed.

``reference/accepted/<version>/`` contains ``overlay.json`` and the rows of each seed. Its folder
``received/`` contains the files as they were received. The version that was accepted last is in
use.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from klynge.errors import InputError
from klynge.home import UNFINISHED, Home, machine_errors, read_json, write_json
from klynge.messages import message

_ENTRY = "overlay.json"


@dataclass(frozen=True)
class OverlayVersion:
    """An accepted overlay. It says who accepted it, when and why.

    ``files`` has the SHA-256 of the rows of each seed. ``received`` maps the name of each file that
    came with this version to its SHA-256. ``changes`` has, for each seed, the numbers of rows that
    were added, changed and removed.
    """

    version: str
    accepted_at: str
    role: str
    reason: str
    files: dict[str, str]
    received: dict[str, str] = field(default_factory=dict)
    changes: dict[str, dict[str, int]] = field(default_factory=dict)
    folder: Path = Path()

    @property
    def paths(self) -> dict[str, Path]:
        """Seed -> the file with its rows."""
        return {seed: self.folder / f"{seed}.csv" for seed in self.files}

    @property
    def accepted_time(self) -> datetime:
        """The time at which the version was accepted."""
        return datetime.fromisoformat(self.accepted_at)

    @property
    def facts(self) -> dict[str, Any]:
        """The entry of the ledger, as a release's manifest shows it."""
        entry = asdict(self)
        del entry["folder"]
        return entry


def list_versions(home: Home) -> list[OverlayVersion]:
    """Return every accepted version of a home. The oldest version comes first."""
    versions = [
        OverlayVersion(**read_json(entry), folder=entry.parent)
        for entry in _accepted(home).glob(f"*/{_ENTRY}")
        if not entry.parent.name.startswith(UNFINISHED)
    ]
    return sorted(versions, key=lambda version: version.accepted_at)


def read_version(home: Home, as_of: datetime | None = None) -> OverlayVersion | None:
    """Return the version in use, now or at a time; None if there is no version.

    Raises :class:`InputError` if one of the version's files is missing or was altered.
    """
    known = [
        version
        for version in list_versions(home)
        if as_of is None or datetime.fromisoformat(version.accepted_at) <= as_of
    ]
    if not known:
        return None
    for seed, digest in known[-1].files.items():
        path = known[-1].paths[seed]
        if not path.is_file() or _sha256(path.read_bytes()) != digest:
            raise InputError(
                message(
                    "{path} is missing or was altered after it was accepted: restore it from a "
                    "backup",
                    path=str(path),
                )
            )
    return known[-1]


@dataclass(frozen=True)
class Acceptance:
    """The role and the reason of an acceptance.

    ``changes`` says how many rows of each seed are added, changed and removed.
    """

    role: str
    reason: str
    changes: dict[str, dict[str, int]]


def write_version(
    home: Home, seeds: Mapping[str, bytes], received: Mapping[str, bytes], accepted: Acceptance
) -> OverlayVersion:
    """Add a version to the ledger by one rename. The caller holds the lock of the home.

    ``seeds`` has the rows of each seed, written as a seed file. ``received`` maps the name of each
    received file to its content.
    """
    now = datetime.now(UTC)
    files = {seed: _sha256(rows) for seed, rows in seeds.items()}
    digest = _sha256("".join(f"{seed} {files[seed]}\n" for seed in sorted(files)).encode())
    version = f"{now:%Y%m%dT%H%M%S%fZ}-{digest[:8]}"
    final = _accepted(home) / version
    entry = OverlayVersion(
        version=version,
        accepted_at=now.isoformat(timespec="microseconds"),
        role=accepted.role,
        reason=accepted.reason,
        files=files,
        received={name: _sha256(content) for name, content in received.items()},
        changes=accepted.changes,
        folder=final,
    )
    draft = final.with_name(f"{UNFINISHED}{version}")
    with machine_errors(str(home.reference)):
        (draft / "received").mkdir(parents=True)
        for name, content in received.items():
            (draft / "received" / name).write_bytes(content)
        for seed, rows in seeds.items():
            (draft / f"{seed}.csv").write_bytes(rows)
        write_json(draft / _ENTRY, entry.facts)
        for path in filter(Path.is_file, draft.rglob("*")):
            path.chmod(0o444)
        draft.rename(final)
    return entry


def _accepted(home: Home) -> Path:
    return home.reference / "accepted"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

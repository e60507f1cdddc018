"""What a release was made from, and whether it still lies there unchanged."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from klynge import raw_zone
from klynge.errors import InputError
from klynge.home import Home
from klynge.raw_zone import ERASURE, Load
from klynge.releases.manifest import sha256_of
from klynge.releases.reading import CONTRACTS, REFERENCE, Release

#: Folders of a release that, with its loads, decide what its database holds.
_MAKINGS = ("sql", REFERENCE, CONTRACTS)


class InputsChangedError(InputError):
    """What a release was made from is missing or altered (exit code 2)."""


def changed_inputs(home: Home, release: Release, loads: Collection[str] | None = None) -> list[str]:
    """What is no longer as the release found it, one line each; empty where everything is.

    Looked at are the ledger entry, the rows and the archived files of its loads (``loads`` names
    some by their ids, else all), and its own models, reference data and contracts.
    """
    manifest = release.manifest
    entries = [
        entry
        for entry in manifest["inputs"]["loads"]
        if not entry["erased"] and (loads is None or entry["load_id"] in loads)
    ]
    found = [problem for entry in entries for problem in _changes(home, entry)]
    for name, digest in manifest["files"].items():
        if name.partition("/")[0] in _MAKINGS:
            path = release.path / name
            if not path.is_file():
                found.append(f"{path} is missing")
            elif sha256_of(path) != digest:
                found.append(f"{path} was altered")
    return found


def require_unchanged(home: Home, release: Release, loads: Collection[str] | None = None) -> None:
    """Raise :class:`InputsChangedError` where :func:`changed_inputs` finds anything."""
    if found := changed_inputs(home, release, loads):
        raise InputsChangedError(
            "\n  ".join(
                [
                    f"release {release.release_id} cannot be made again: "
                    "what it was made from is no longer as it was; put it back, "
                    "or leave the release to its Parquet marts",
                    *found,
                ]
            )
        )


def loads_of(home: Home, release: Release) -> list[Load]:
    """The loads a release was made from, in its order, as the ledger knew them then.

    Raises :class:`InputsChangedError` for one that the raw zone does not have.
    """
    at = known_at(release)
    found = []
    for entry in release.manifest["inputs"]["loads"]:
        if not _is_there(home, entry):
            raise InputsChangedError(_missing(entry))
        found.append(raw_zone.read_load(home, entry["dataset"], entry["load_id"], at))
    return found


def known_at(release: Release) -> datetime:
    """The time whose knowledge of loads and decisions the release shows."""
    return datetime.fromisoformat(release.as_of or release.manifest["created_at"])


def _changes(home: Home, entry: dict[str, Any]) -> Iterator[str]:
    if not _is_there(home, entry):
        yield _missing(entry)
        return
    load = raw_zone.read_load(home, entry["dataset"], entry["load_id"])
    if load.erased:
        yield f"{_said(entry)} was erased on {load.about[ERASURE]['erased_at'][:10]}"
        return
    if load.files != entry["files"]:
        yield f"{_said(entry)}: its ledger entry names other files than the release"
    rows = raw_zone.rows_of(home, load)
    if not rows.is_file():
        yield f"{_said(entry)}: its rows are missing ({rows})"
    elif "rows_sha256" not in entry:
        yield f"{_said(entry)}: the release is too old to tell the hash of its rows"
    elif sha256_of(rows) != entry["rows_sha256"]:
        yield f"{_said(entry)}: its rows were altered ({rows})"
    for name, digest in entry["files"].items():
        kept = home.archive / digest
        if not kept.is_file():
            yield f"{_said(entry)}: the file {name} is missing ({kept})"
        elif sha256_of(kept) != digest:
            yield f"{_said(entry)}: the file {name} was altered ({kept})"


def _is_there(home: Home, entry: dict[str, Any]) -> bool:
    return (raw_zone.folder(home, entry["dataset"], entry["load_id"]) / "load.json").is_file()


def _missing(entry: dict[str, Any]) -> str:
    return f"{_said(entry)} is missing in the raw zone"


def _said(entry: dict[str, Any]) -> str:
    return (
        f"load {entry['load_id']} ({entry['dataset']}, "
        f"{entry['document_id'] or entry['reporter']}, {entry['period']})"
    )

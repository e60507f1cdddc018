"""Read the inputs of a release, and check that they still exist and are unchanged."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from klynge import raw_zone
from klynge.danish_time import danish_day
from klynge.errors import InputError
from klynge.home import Home
from klynge.intake.contracts import Contract
from klynge.intake.dataset_names import name_dataset
from klynge.intake.set_aside import mark
from klynge.intake.submissions import ExpectedSubmission
from klynge.messages import Message, counted, listed, message
from klynge.raw_zone import ERASURE, ROW_ERASURES, Load, read_ledger
from klynge.reference.seeds import Reference
from klynge.releases.manifest import sha256_of
from klynge.releases.reading import CONTRACTS, REFERENCE, Release
from klynge.warehouse.reporting import expected_on

#: The folders of a release that determine its database, together with its loads.
_INPUT_FOLDERS = ("sql", REFERENCE, CONTRACTS)


class InputsChangedError(InputError):
    """An input of a release is missing or altered (exit code 2)."""


def find_changed_inputs(
    home: Home, release: Release, loads: Collection[str] | None = None
) -> list[Message]:
    """Return one line for each input that is missing or altered.

    Of each load, the ledger entry, the rows and the archived files are checked. The release's own
    models, reference data and contracts are also checked. If ``loads`` is given, only the loads
    with these ids are checked.
    """
    manifest = release.manifest
    entries = [
        entry
        for entry in manifest["inputs"]["loads"]
        if not entry["erased"] and (loads is None or entry["load_id"] in loads)
    ]
    problems = [problem for entry in entries for problem in _load_problems(home, entry)]
    return problems + list(_file_problems(release))


def _file_problems(release: Release) -> Iterator[Message]:
    for name, digest in release.manifest["files"].items():
        if name.partition("/")[0] in _INPUT_FOLDERS:
            path = release.path / name
            if not path.is_file():
                yield message("{path} is missing", path=str(path))
            elif sha256_of(path) != digest:
                yield message("{path} was altered", path=str(path))


def require_unchanged(home: Home, release: Release, loads: Collection[str] | None = None) -> None:
    """Raise :class:`InputsChangedError` if :func:`find_changed_inputs` finds anything."""
    if problems := find_changed_inputs(home, release, loads):
        raise InputsChangedError(
            listed(
                message(
                    "release {release_id} cannot be rebuilt, because these inputs are missing or "
                    "altered; restore them, or use the release's Parquet marts:",
                    release_id=release.release_id,
                ),
                problems,
            )
        )


def read_release_loads(home: Home, release: Release) -> list[Load]:
    """Read the loads of a release as they were when it was made, in the order of its manifest.

    Raises :class:`InputsChangedError` if the raw zone lacks a load.
    """
    at = knowledge_time(release)
    loads = []
    for entry in release.manifest["inputs"]["loads"]:
        if not _is_there(home, entry):
            raise InputsChangedError(_missing(entry))
        loads.append(raw_zone.read_load(home, entry["dataset"], entry["load_id"], at))
    return loads


def knowledge_time(release: Release) -> datetime:
    """The time of the release: it knows the loads and decisions up to this time."""
    manifest = release.manifest
    restated = manifest.get("restates", {}).get("created_at")
    return datetime.fromisoformat(release.as_of or restated or manifest["created_at"])


def read_release_calendar(
    release: Release, contracts: Mapping[str, Contract]
) -> list[ExpectedSubmission]:
    """Return the expected submissions; those that were due on the release's day are marked.

    A release of an older version has no day, and its models do not read these submissions. The list
    is then empty.
    """
    day = release.manifest.get("day")
    if day is None:
        return []
    return expected_on(date.fromisoformat(day), contracts, Reference(release.path / REFERENCE))


def read_release_ledger(home: Home, release: Release, *, with_erasures: bool = False) -> list[Load]:
    """Read the ledger as it was when the release was made, without later erasures.

    The loads that the release set aside are marked. With ``with_erasures``, erasures after the
    release are included.
    """
    manifest = release.manifest
    made = datetime.fromisoformat(manifest["created_at"])
    ledger = read_ledger(home, knowledge_time(release))
    if not with_erasures:
        ledger = [_without_erasure_after(made, load) for load in ledger]
    return mark(ledger, manifest.get("set_aside", {}))


def _without_erasure_after(time: datetime, load: Load) -> Load:
    if not load.erased or datetime.fromisoformat(load.about[ERASURE]["erased_at"]) <= time:
        return load
    return replace(load, about={k: v for k, v in load.about.items() if k != ERASURE})


def _load_problems(home: Home, entry: dict[str, Any]) -> Iterator[Message]:
    if not _is_there(home, entry):
        yield _missing(entry)
        return
    name = _describe(entry)
    load = raw_zone.read_load(home, entry["dataset"], entry["load_id"])
    if load.erased:
        yield message(
            "{load} was erased on {day}",
            load=name,
            day=danish_day(datetime.fromisoformat(load.about[ERASURE]["erased_at"])),
        )
        return
    if gone := load.rows_erased - entry.get("rows_erased", 0):
        yield counted(
            "{load}: {count:,} of its rows was erased after the release was made",
            "{load}: {count:,} of its rows were erased after the release was made",
            gone,
            load=name,
        )
        return
    if load.files != entry["files"]:
        yield message("{load}: the ledger names other files than the release does", load=name)
    rows = raw_zone.rows_of(home, load)
    if not rows.is_file():
        yield message("{load}: its rows are missing ({path})", load=name, path=str(rows))
    elif "rows_sha256" not in entry:
        yield message("{load}: the release is too old to hold a hash of its rows", load=name)
    elif sha256_of(rows) != entry["rows_sha256"]:
        yield message("{load}: its rows were altered ({path})", load=name, path=str(rows))
    yield from _archive_problems(home, name, load, entry)


def _archive_problems(
    home: Home, name: Message, load: Load, entry: dict[str, Any]
) -> Iterator[Message]:
    """Report the files of a load that are altered or missing from the archive."""
    removed = {digest for one in load.about.get(ROW_ERASURES, ()) for digest in one["files"]}
    for file_name, digest in entry["files"].items():
        # erasing single rows removes the received file; the remaining rows can still be proved
        if digest in removed:
            continue
        kept = home.archive / digest
        if not kept.is_file():
            yield message(
                "{load}: the file {file} is missing ({path})",
                load=name,
                file=file_name,
                path=str(kept),
            )
        elif sha256_of(kept) != digest:
            yield message(
                "{load}: the file {file} was altered ({path})",
                load=name,
                file=file_name,
                path=str(kept),
            )


def _is_there(home: Home, entry: dict[str, Any]) -> bool:
    return (raw_zone.folder(home, entry["dataset"], entry["load_id"]) / "load.json").is_file()


def _missing(entry: dict[str, Any]) -> Message:
    return message("{load} is missing in the raw zone", load=_describe(entry))


def _describe(entry: dict[str, Any]) -> Message:
    return message(
        "load {load_id} ({dataset}, {sender}, {period})",
        load_id=entry["load_id"],
        dataset=name_dataset(entry["dataset"]),
        sender=entry["document_id"] or entry["reporter"],
        period=entry["period"],
    )

"""The inbox: the files in ``inbox/<reporter>/``, and the record of refused files.

A file is removed from the inbox once it is archived and in the ledger. A refused file stays in the
inbox. ``refused.json`` lists it with the reason until somebody removes or changes it.
"""

import os
import stat
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from klynge.errors import InputError, MachineError
from klynge.home import Home, own_alone, read_json, write_json
from klynge.intake.door import Door, StillWrittenError
from klynge.intake.submissions import submission_named
from klynge.messages import message, restored, stored
from klynge.raw_zone import Load

#: A file that was changed within this many seconds may be unfinished.
SETTLED_SECONDS = 5
#: Names that programs give to unfinished or private files.
_TEMPORARY_BEGINNINGS, _TEMPORARY_ENDINGS = (".", "~$"), {".part", ".tmp", ".crdownload"}


@dataclass(frozen=True)
class Refusal:
    """A refused file: its path in the inbox, the time of its last change, and the reason."""

    place: str
    changed: int | None
    reason: str


def waiting(home: Home) -> Iterator[Path | Refusal]:
    """The finished files in the inbox in order of name, and a refusal for any other entry."""
    for place in _entries(home, home.inbox):
        if isinstance(place, Refusal):
            yield place
        else:
            yield from _files(home, place)


def land_inbox(door: Door) -> tuple[list[Load], list[Refusal]]:
    """Load the files of the inbox and record refusals. The caller holds the lock of the home."""
    landed: list[Load] = []
    refused: list[Refusal] = []
    for found in waiting(door.home):
        if isinstance(found, Refusal):
            refused.append(found)
            continue
        try:
            landed.append(_land(door, found))
        except StillWrittenError:
            continue
        except MachineError:
            raise
        except InputError as error:
            refused.append(_refusal(door.home, found, error.message))
        except Exception as error:  # noqa: BLE001 - one file must not keep the others out
            fault = f"{type(error).__name__}: {error}"
            told = message("reading it failed in a way nobody foresaw: {fault}", fault=fault)
            refused.append(_refusal(door.home, found, told))
    content = [{**asdict(one), "reason": stored(one.reason)} for one in refused]
    write_json(refusals_file(door.home), content)
    own_alone(refusals_file(door.home))
    return landed, refused


def refusals_file(home: Home) -> Path:
    """The file with the refusals; for the owner only, because a reason may quote a value."""
    return home.root / "refused.json"


def read_refusals(home: Home) -> list[Refusal]:
    """The files that the last pass over the inbox refused, if they are still there unchanged."""
    if not refusals_file(home).exists():
        return []
    there = (home.inbox, *home.inbox.glob("*"), *home.inbox.glob("*/*"))
    changed = {_place(home, path): _changed(path) for path in there}
    content = read_json(refusals_file(home))
    refusals = [Refusal(**{**one, "reason": restored(one["reason"])}) for one in content]
    return [r for r in refusals if r.place in changed and changed[r.place] == r.changed]


def fingerprint(home: Home) -> dict[str, int | None]:
    """The files that wait in the inbox, each with the time of its last change."""
    files = [found for found in waiting(home) if isinstance(found, Path)]
    return {_place(home, path): _changed(path) for path in files}


def _files(home: Home, folder: Path) -> Iterator[Path | Refusal]:
    for path in _entries(home, folder):
        if isinstance(path, Refusal):
            yield path
            continue
        try:
            found = path.lstat()
        except OSError as error:
            told = message(
                "it cannot be read ({error}): change its permissions", error=error.strerror
            )
            yield _refusal(home, path, told)
            continue
        if not stat.S_ISREG(found.st_mode):
            told = message("it is not an ordinary file: put each file here by itself")
            yield _refusal(home, path, told)
        elif abs(time.time() - found.st_mtime) >= SETTLED_SECONDS:
            yield path


def _entries(home: Home, folder: Path) -> Iterator[Path | Refusal]:
    try:
        paths = sorted(folder.iterdir())
    except FileNotFoundError:
        return
    except NotADirectoryError:
        told = message("it is not in the folder of a reporter: move it into such a folder")
        yield _refusal(home, folder, told)
        return
    except OSError as error:
        told = message(
            "the folder cannot be read ({error}): let the warehouse's user read it",
            error=error.strerror,
        )
        yield _refusal(home, folder, told)
        return
    for path in paths:
        if (
            not path.name.startswith(_TEMPORARY_BEGINNINGS)
            and path.suffix not in _TEMPORARY_ENDINGS
        ):
            yield path


def _land(door: Door, path: Path) -> Load:
    """Receive a file, and take it out of the inbox unless it was replaced in the meantime."""
    before = path.stat()
    load = door.receive(path, submission_named(path.stem, path.parent.name, door.contracts))
    try:
        if os.path.samestat(before, path.stat()) and before.st_mtime_ns == _changed(path):
            path.unlink()
    except FileNotFoundError:
        return load
    except OSError as error:
        raise InputError(
            message(
                "it is load {load_id} now, but cannot be taken out of the inbox ({error}): let the "
                "warehouse's user write to its folder",
                load_id=load.load_id,
                error=error.strerror,
            )
        ) from error
    return load


def _refusal(home: Home, path: Path, reason: str) -> Refusal:
    return Refusal(_place(home, path), _changed(path), reason)


def _place(home: Home, path: Path) -> str:
    # a file name may hold bytes that are not text, but the record is text
    return os.fsencode(path.relative_to(home.inbox.parent)).decode("utf-8", "replace")


def _changed(path: Path) -> int | None:
    try:
        return path.lstat().st_mtime_ns
    except OSError:
        return None

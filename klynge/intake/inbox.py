"""The inbox, which has the files in ``inbox/<reporter>/`` and the record of refused files.

A file is removed from the inbox once it is archived and in the ledger. A refused file stays in the
inbox. ``refused.json`` lists it with the reason until somebody removes or changes it.
"""

import os
import stat
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from klynge.errors import InputError, MachineError
from klynge.home import Home, own_alone, read_json, write_json
from klynge.intake.door import DecidedFileError, Door, StillWrittenError
from klynge.intake.submissions import Submission, likely_submission, submission_named
from klynge.messages import message, restored, stored
from klynge.raw_zone import Load, now

#: A file that was changed within this many seconds may be unfinished.
SETTLED_SECONDS = 5
#: Names that programs give to unfinished or private files.
_TEMPORARY_BEGINNINGS, _TEMPORARY_ENDINGS = (".", "~$"), {".part", ".tmp", ".crdownload"}


@dataclass(frozen=True)
class Refusal:
    """A refused file: its path in the inbox, the time of its last change, and the reason.

    ``refused_at`` is when the unchanged file was refused first. ``submission`` is the submission
    that the file name describes; it is None if the name describes none. ``load_id`` is set if a
    load of the same file was rejected, withdrawn or erased.
    """

    place: str
    changed: int | None
    reason: str
    refused_at: str | None = None
    submission: Submission | None = None
    load_id: str | None = None


def waiting(home: Home) -> Iterator[Path | Refusal]:
    """Return the finished files in the inbox, by name, and a refusal for each other entry."""
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
            load_id = error.load_id if isinstance(error, DecidedFileError) else None
            refused.append(_refusal(door.home, found, error.message, load_id))
        except Exception as error:  # noqa: BLE001 - one file must not keep the others out
            fault = f"{type(error).__name__}: {error}"
            told = message("reading it failed in a way nobody foresaw: {fault}", fault=fault)
            refused.append(_refusal(door.home, found, told))
    before = {(one.place, one.changed): one.refused_at for one in read_refusals(door.home)}
    refused = [
        replace(
            one,
            refused_at=before.get((one.place, one.changed)) or now(),
            submission=likely_submission(Path(one.place), door.contracts),
        )
        for one in refused
    ]
    content = [{**asdict(one), "reason": stored(one.reason)} for one in refused]
    write_json(refusals_file(door.home), content)
    own_alone(refusals_file(door.home))
    return landed, refused


def refusals_file(home: Home) -> Path:
    """The file with the refusals; only its owner may read it, as a reason may quote a value."""
    return home.root / "refused.json"


def read_refusals(home: Home) -> list[Refusal]:
    """Read which files the last pass over the inbox refused, if they are there and unchanged."""
    if not refusals_file(home).exists():
        return []
    there = (home.inbox, *home.inbox.glob("*"), *home.inbox.glob("*/*"))
    changed = {_place(home, path): _changed(path) for path in there}
    content = read_json(refusals_file(home))
    refusals = list(map(_read_refusal, content))
    return [r for r in refusals if r.place in changed and changed[r.place] == r.changed]


def _read_refusal(content: dict[str, Any]) -> Refusal:
    sent = content.get("submission")
    submission = Submission(**sent) if sent else None
    return Refusal(**{**content, "reason": restored(content["reason"]), "submission": submission})


def is_settled(refusal: Refusal, ledger: Iterable[Load]) -> bool:
    """Whether a refused file was corrected or decided, so that nobody has to act on it.

    The file was corrected if another file for the same slot was received after the first refusal,
    with the same or a higher correction number. The file was decided if a load of the same file
    was rejected, withdrawn or erased.
    """
    sent, refused_at = refusal.submission, refusal.refused_at
    if refusal.load_id is not None:
        return True
    if sent is None or refused_at is None:
        return False
    return any(
        load.slot == sent.slot
        and load.correction_no >= sent.correction_no
        and datetime.fromisoformat(load.received_at) > datetime.fromisoformat(refused_at)
        for load in ledger
    )


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


def _refusal(home: Home, path: Path, reason: str, load_id: str | None = None) -> Refusal:
    return Refusal(_place(home, path), _changed(path), reason, load_id=load_id)


def _place(home: Home, path: Path) -> str:
    # a file name may hold bytes that are not text, but the record is text
    return os.fsencode(path.relative_to(home.inbox.parent)).decode("utf-8", "replace")


def _changed(path: Path) -> int | None:
    try:
        return path.lstat().st_mtime_ns
    except OSError:
        return None

"""``$KLYNGE_HOME``: its folders, and the rules for writing into them."""

import errno
import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from klynge import checkout
from klynge.errors import InputError, KlyngeError, MachineError
from klynge.messages import Message, message

#: Prefix of unfinished files and folders; the next run removes them.
UNFINISHED = ".unfinished-"
#: How many files an error about a missing file names at most.
_NEAR_NAMES = 3


@dataclass(frozen=True)
class Home:
    """The folder that holds everything the program writes."""

    root: Path

    @classmethod
    def from_environment(cls) -> "Home":
        """The home at ``$KLYNGE_HOME``, or at ``var`` in the checkout if this is not set."""
        chosen = os.environ.get("KLYNGE_HOME")
        return cls(Path(chosen).expanduser().resolve() if chosen else checkout.ROOT / "var")

    @property
    def raw(self) -> Path:
        return self.root / "raw"

    @property
    def archive(self) -> Path:
        return self.root / "archive"

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    @property
    def reference(self) -> Path:
        """The folder with the secretariat's reference data, an overlay of the shipped seeds."""
        return self.root / "reference"

    @property
    def build(self) -> Path:
        return self.root / "build"

    @property
    def database(self) -> Path:
        """The database of the build; its path is fixed, because dbt's parse cache depends on it."""
        return self.build / "klyngedata.duckdb"

    @property
    def runs(self) -> Path:
        return self.root / "runs"

    @property
    def releases(self) -> Path:
        return self.root / "releases"

    @property
    def lock_file(self) -> Path:
        """The file of the writer's lock; while the lock is held, it contains the writer's name."""
        return self.root / "lock"

    def prepare(self) -> None:
        """Create the folders; only the owner may read folders that can hold submitted data.

        Raises :class:`MachineError` if the home cannot be written.
        """
        with machine_errors(f"{self.root} (KLYNGE_HOME)"):
            for zone in (self.raw, self.build, self.archive, self.runs, self.releases):
                zone.mkdir(parents=True, exist_ok=True)
            for zone in (self.raw, self.build, self.archive, self.runs):
                own_alone(zone)
            for zone in (self.root, self.raw, self.build, self.runs, self.releases, self.archive):
                if not os.access(zone, os.W_OK | os.X_OK):
                    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(zone))

    @contextmanager
    def locked(self, command: str | None = None, *, wait_seconds: float = 0.0) -> Iterator[None]:
        """Hold the writer's lock until the ``with`` block ends, even if it ends with an error.

        ``command`` is the name that other processes see, by default this process's command.
        ``wait_seconds`` is how long to wait for another writer, at least two seconds. If the other
        process still has the lock after this time, raises :class:`LockedError` with its name.
        """
        # an installation that only reads releases lacks the package that the lock needs
        from klynge.writer_lock import current_command, hold_lock  # noqa: PLC0415

        self.prepare()
        with ExitStack() as lock:
            with machine_errors(str(self.lock_file)):
                lock.enter_context(
                    hold_lock(self.lock_file, command or current_command(), wait_seconds)
                )
            yield

    def lock_holder(self) -> Message | None:
        """The name of the process that writes in this home right now, or None if no process writes.

        Raises :class:`OSError` if this user may not read the lock.
        """
        from klynge.writer_lock import read_holder  # noqa: PLC0415

        return read_holder(self.lock_file)

    def is_locked(self) -> bool:
        """Whether a process writes in this home right now."""
        return self.lock_holder() is not None

    def clear(self) -> None:
        """Remove the last build and unfinished files; the caller must hold the lock."""
        with machine_errors(str(self.root)):
            for stale in self.build.glob("klyngedata.duckdb*"):
                stale.unlink()
        self.clear_unfinished()

    def clear_unfinished(self) -> None:
        """Remove unfinished files of earlier runs; the caller must hold the lock."""
        with machine_errors(str(self.root)):
            zones = (self.archive, self.build, self.releases, self.runs, self.raw, self.reference)
            for zone in (self.root, *zones):
                for pattern in (f"{UNFINISHED}*", f"*/{UNFINISHED}*"):
                    for path in zone.glob(pattern):
                        _remove(path)


def _remove(path: Path) -> None:
    if not path.is_dir() or path.is_symlink():
        path.unlink(missing_ok=True)
        return
    # a draft of a release may already be read-only, so it must be made writable first
    for folder in (path, *(p for p in path.rglob("*") if p.is_dir())):
        folder.chmod(0o755)
    shutil.rmtree(path)


_REMEDIES = {
    errno.ENOSPC: message("the disk is full: free some space"),
    errno.EDQUOT: message("the disk quota is used up: free some space"),
    errno.EACCES: message(
        "permission denied: choose a folder that you may write, or change its permissions"
    ),
    errno.EPERM: message(
        "not permitted: choose a folder that you may write, or change its permissions"
    ),
    errno.EROFS: message("the file system is read-only: choose another KLYNGE_HOME"),
    errno.ENOTDIR: message("a part of the path is a file: choose another KLYNGE_HOME"),
}


@contextmanager
def machine_errors(place: str) -> Iterator[None]:
    """Turn an error of the operating system into one clear message (exit code 3)."""
    try:
        yield
    except Exception as error:
        remedy = machine_remedy(error)
        if remedy is None:
            raise
        raise MachineError(
            message("cannot write to {place}: {remedy}, and run again", place=place, remedy=remedy)
        ) from error


def machine_remedy(error: BaseException | str) -> str | None:
    """The remedy for an error of the operating system, or None for any other error.

    The error may be given as text, because DuckDB and dbt report only the text of such an error.
    """
    if isinstance(error, OSError) and error.errno in _REMEDIES:
        return _REMEDIES[error.errno]
    text = str(error)
    told = [remedy for number, remedy in _REMEDIES.items() if os.strerror(number) in text]
    return told[0] if told and not isinstance(error, KlyngeError) else None


def require_readable(zone: Path) -> None:
    """Raise :class:`MachineError` if this user may not list a folder, which then seems empty."""
    if zone.exists() and not os.access(zone, os.R_OK | os.X_OK):
        raise MachineError(
            message("{path}: permission denied; run this as its owner", path=str(zone))
        )


def require_file(path: Path) -> None:
    """Raise :class:`InputError` if there is no file at ``path``.

    The error names the files of the folder whose names are nearest, whatever their case.
    """
    if path.is_file():
        return
    if path.exists():
        raise InputError(
            message(
                "{file} is not a file: give the path of an existing file",
                file=str(path),
            )
        )
    folder = path.absolute().parent
    if not folder.is_dir():
        raise InputError(
            message(
                "{file} is not there: the folder {folder} does not exist; correct the path",
                file=str(path),
                folder=str(folder),
            )
        )
    names = {one.name.casefold(): one.name for one in _listed(folder) if one.is_file()}
    near = get_close_matches(path.name.casefold(), names, _NEAR_NAMES)
    if near:
        raise InputError(
            message(
                "{file} is not there; the files with the nearest names in that folder are {names}",
                file=str(path),
                names=[names[one] for one in near],
            )
        )
    raise InputError(
        message(
            "{file} is not there, and no file in that folder has a similar name; correct the path",
            file=str(path),
        )
    )


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def own_alone(path: Path) -> None:
    """Allow only the owner to read and write a file or folder."""
    path.chmod(0o700 if path.is_dir() else 0o600)


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file in one step; readers always see either the whole old or the whole new file."""
    draft = path.with_name(f"{UNFINISHED}{path.name}-{os.getpid()}")
    with machine_errors(str(path)):
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)


def write_json(path: Path, content: Any) -> None:
    """Write ``content`` as indented UTF-8 JSON, atomically."""
    write_atomically(path, json.dumps(content, ensure_ascii=False, indent=2).encode() + b"\n")


def write_json_once(path: Path, content: Any) -> bool:
    """Write ``content`` like :func:`write_json`, but only if the file does not exist yet.

    Returns True if the file was written, and False if it existed.

    If two processes write the same file at once, exactly one of them gets True.
    """
    draft = path.with_name(f"{UNFINISHED}{path.name}-{os.getpid()}-{threading.get_ident()}")
    write_json(draft, content)
    with machine_errors(str(path)):
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            return False
        finally:
            draft.unlink()
    return True


def read_json(path: Path) -> Any:
    """Read a JSON file written by :func:`write_json`."""
    return json.loads(path.read_text(encoding="utf-8"))

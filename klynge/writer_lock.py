"""The lock that lets only one process at a time write in a home.

The lock is an operating-system lock on a file, so it is released even if its holder is killed. The
holder writes its name into the file, so that other processes can say who holds the lock. The name
is valid only while the lock is held.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout

from klynge import progress
from klynge.errors import LockedError
from klynge.messages import Message, message

#: A process that reads the holder's name takes the lock for a moment. A writer therefore waits at
#: least this long before it gives up.
SHORTEST_WAIT_SECONDS = 2.0

_UNKNOWN_HOLDER = message("another run")


def current_command() -> str:
    """The program and sub-command of this process without options, such as ``klynge load``."""
    program, *arguments = sys.argv or ["python"]
    return " ".join([Path(program).name, *arguments[:1]])


@contextmanager
def hold_lock(path: Path, command: str, wait_seconds: float) -> Iterator[None]:
    """Hold the lock on the file ``path`` under the name ``command`` until the ``with`` block ends.

    Waits up to ``wait_seconds`` for another holder, and then raises :class:`LockedError` with the
    holder's name. Raises :class:`OSError` if the file cannot be opened for writing.
    """
    lock = FileLock(
        path,
        # a generator may be closed by another thread than the one that started it
        thread_local=False,
        preserve_lock_file=True,
        on_acquired=partial(_write_holder, command),
    )
    try:
        lock.acquire(timeout=SHORTEST_WAIT_SECONDS)
    except Timeout:
        _wait(lock, path, wait_seconds - SHORTEST_WAIT_SECONDS)
    try:
        yield
    finally:
        lock.release()


def _wait(lock: FileLock, path: Path, seconds: float) -> None:
    holder = read_holder(path) or _UNKNOWN_HOLDER
    if seconds > 0:
        progress.milestone(
            message(
                "waiting up to {minutes} min until {holder} ends",
                minutes=round(seconds / 60),
                holder=holder,
            )
        )
        try:
            lock.acquire(timeout=seconds, poll_interval=0.5)
        except Timeout:
            holder = read_holder(path) or holder
        else:
            return
    raise LockedError(
        message(
            "{holder} is writing in {home}: wait until it ends",
            holder=holder,
            home=str(path.parent),
        )
    )


def read_holder(path: Path) -> Message | None:
    """The name of the process that holds the lock on ``path``; None if the lock is free.

    For example "`klynge load` (process 4711, since 2026-03-01 03:00 CET)", in Danish time. Raises
    :class:`OSError` if the file cannot be read.
    """
    # Windows lacks this module; only the commands of reporters must run there
    import fcntl  # noqa: PLC0415

    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        # a shared lock fails if a writer holds its exclusive lock, and several readers can hold one
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        text = os.read(descriptor, 4096)
    else:
        return None
    finally:
        os.close(descriptor)
    try:
        holder = json.loads(text)
    except ValueError:
        # the holder has not written its name yet, or is an older version that writes no name
        return _UNKNOWN_HOLDER
    return message(
        "`{command}` (process {process_id}, since {since})",
        command=holder["command"],
        process_id=holder["process_id"],
        since=datetime.fromisoformat(holder["since"]),
    )


def _write_holder(command: str, descriptor: int) -> None:
    holder = {
        "command": command,
        "process_id": os.getpid(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(holder).encode(), 0)

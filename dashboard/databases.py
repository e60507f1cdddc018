"""The open databases of releases: each request gets a connection of its own."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import duckdb

from klynge.releases.fenced_database import fenced_database
from klynge.releases.reading import Release

#: How many databases stay open. Opening one takes 0.15 s; pinned pages may ask for older releases.
KEPT = 2

#: A file that is the same as long as path, inode and time of writing are the same.
File = tuple[Path, int, int]


class Databases:
    """Databases that stay open between requests.

    A release never changes. But its database can be removed by retention or by an erasure, and
    then be rebuilt without the erased rows. So a database is closed if its file is another one.
    """

    def __init__(self) -> None:
        self._open: OrderedDict[File, tuple[duckdb.DuckDBPyConnection, ExitStack]] = OrderedDict()
        self._lock = threading.Lock()

    @contextmanager
    def connect(self, release: Release) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a connection to the analysts' edition of a release, for one request.

        Raises :class:`InputError` if the database was removed, by retention or by an erasure.
        """
        with self._lock:
            self._close_removed()
            connection = self._find(release).cursor()
        try:
            connection.execute("use klyngedata")
            yield connection
        finally:
            connection.close()

    def close(self) -> None:
        """Close all databases."""
        with self._lock:
            for _, held in self._open.values():
                held.close()
            self._open.clear()

    def _find(self, release: Release) -> duckdb.DuckDBPyConnection:
        release.require_database()
        file = identify(release.analysts_database)
        if file not in self._open:
            held = ExitStack()
            database = held.enter_context(fenced_database(release.analysts_database))
            self._open[file] = database, held
        self._open.move_to_end(file)
        while len(self._open) > KEPT:
            _, (_, oldest) = self._open.popitem(last=False)
            oldest.close()
        return self._open[file][0]

    def _close_removed(self) -> None:
        for file in [one for one in self._open if not _is_there(one)]:
            _, held = self._open.pop(file)
            held.close()


def identify(path: Path) -> File:
    """Return what tells this file from any other that had or gets the same path."""
    found = path.stat()
    return path, found.st_ino, found.st_mtime_ns


def _is_there(file: File) -> bool:
    try:
        return identify(file[0]) == file
    except OSError:
        return False

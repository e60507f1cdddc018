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
        self._open: OrderedDict[File, _Database] = OrderedDict()
        self._lock = threading.Lock()

    @contextmanager
    def connect(self, release: Release) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a connection to the analysts' edition of a release, for one request.

        Raises :class:`InputError` if the database was removed, by retention or by an erasure.
        """
        with self._lock:
            self._retire_removed()
            database = self._find(release)
            connection = database.connect()
        try:
            connection.execute("use klyngedata")
            yield connection
        finally:
            connection.close()
            with self._lock:
                database.leave()

    def close(self) -> None:
        """Close all databases."""
        with self._lock:
            for database in self._open.values():
                database.retire()
            self._open.clear()

    def _find(self, release: Release) -> "_Database":
        release.require_database()
        file = identify(release.analysts_database)
        if file not in self._open:
            self._open[file] = _Database(release.analysts_database)
        self._open.move_to_end(file)
        while len(self._open) > KEPT:
            _, oldest = self._open.popitem(last=False)
            oldest.retire()
        return self._open[file]

    def _retire_removed(self) -> None:
        for file in [one for one in self._open if not _is_there(one)]:
            self._open.pop(file).retire()


class _Database:
    """An open database with the number of its connections.

    DuckDB closes the connections of a database together with the database. So a database that is
    no longer wanted is closed when its last connection ends.
    """

    def __init__(self, path: Path) -> None:
        self._held = ExitStack()
        self._database = self._held.enter_context(fenced_database(path))
        self._connections = 0
        self._is_retired = False

    def connect(self) -> duckdb.DuckDBPyConnection:
        """Return a connection; :meth:`leave` must follow when it has ended."""
        connection = self._database.cursor()
        self._connections += 1
        return connection

    def leave(self) -> None:
        """Take note that a connection has ended."""
        self._connections -= 1
        self._close_if_unused()

    def retire(self) -> None:
        """Close the database as soon as nobody reads it."""
        self._is_retired = True
        self._close_if_unused()

    def _close_if_unused(self) -> None:
        if self._is_retired and self._connections == 0:
            self._held.close()


def identify(path: Path) -> File:
    """Return what tells this file from any other that had or gets the same path."""
    found = path.stat()
    return path, found.st_ino, found.st_mtime_ns


def _is_there(file: File) -> bool:
    try:
        return identify(file[0]) == file
    except OSError:
        return False

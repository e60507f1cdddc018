"""The open databases of releases: each request gets a connection of its own."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import duckdb

from klynge.releases.fenced_database import fenced_database
from klynge.releases.reading import Release

#: How many databases stay open. Opening one takes 0.15 s; pinned pages may ask for older releases.
KEPT = 4


class Databases:
    """Databases that stay open between requests; a release never changes, so neither do they."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, tuple[duckdb.DuckDBPyConnection, ExitStack]] = OrderedDict()
        self._lock = threading.Lock()

    @contextmanager
    def connect(self, release: Release) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a connection to the analysts' edition of a release, for one request.

        Raises :class:`InputError` if the database was removed, by retention or by an erasure.
        """
        with self._lock:
            database = self._find(release)
            connection = database.cursor()
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
        path = str(release.path)
        release.require_database()
        if path not in self._open:
            held = ExitStack()
            database = held.enter_context(fenced_database(release.analysts_database))
            self._open[path] = database, held
        self._open.move_to_end(path)
        while len(self._open) > KEPT:
            _, (_, oldest) = self._open.popitem(last=False)
            oldest.close()
        return self._open[path][0]

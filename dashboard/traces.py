"""The traces that pages show: of a figure, of a source row, and of the changes between releases."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from dashboard.background import Background, Running, Task
from klynge.home import Home
from klynge.lineage import Forward
from klynge.releases.comparison import Comparison, compare
from klynge.releases.reading import Release
from klynge.tracing.auditor import Auditor, auditor
from klynge.tracing.report import Report

T = TypeVar("T")

#: A page waits this long for a trace before it shows that the trace is being computed.
WAIT_SECONDS = 0.8
#: A file waits this long for its trace; a browser shows that it is loading.
FILE_WAIT_SECONDS = 30.0
#: How many rows of each file, and how many rows of each table, a page lists.
LISTED_ROWS, SHOWN_ROWS = 20, 5

_background = Background()


class FigureTrace:
    """The trace of one figure. ``key`` has the whole key of its row; an empty text means NULL."""

    def __init__(
        self, home: Home, release: Release, table: str, key: Mapping[str, str], column: str
    ) -> None:
        self._home, self._release = home, release
        self._figure = (table, tuple(key.items()), column)

    def ask(self) -> Report | Running:
        """Return the report with the first rows of each file; raises what the auditor raises."""
        return _background.ask(self._key, self._trace(LISTED_ROWS, SHOWN_ROWS), WAIT_SECONDS)

    def ask_whole(self) -> Report | Running:
        """Return the report with every supporting row, for a file to take away."""
        return _background.ask((*self._key, "whole"), self._trace(None, 0), FILE_WAIT_SECONDS)

    def stop(self) -> None:
        """Stop the trace if it is being computed."""
        _background.stop(self._key)

    @property
    def _key(self) -> tuple[Any, ...]:
        return ("figure", self._release.path, self._figure)

    def _trace(self, places: int | None, shown_rows: int) -> Callable[[Task], Report]:
        table, key, column = self._figure

        def trace(asked: Auditor) -> Report:
            return asked.report(table, dict(key), column, places=places, shown_rows=shown_rows)

        return _by_auditor(self._home, self._release, trace)


class RowTrace:
    """The figures that depend on one source row."""

    def __init__(self, home: Home, release: Release, row_key: str) -> None:
        self._home, self._release, self._row_key = home, release, row_key

    def ask(self) -> Forward | Running:
        """Return the figures; raises :class:`~klynge.errors.InputError` for an unknown row."""
        follow = _by_auditor(self._home, self._release, lambda one: one.forward(self._row_key))
        return _background.ask(self._key, follow, WAIT_SECONDS)

    def stop(self) -> None:
        """Stop the trace if it is being computed."""
        _background.stop(self._key)

    @property
    def _key(self) -> tuple[Any, ...]:
        return ("row", self._release.path, self._row_key)


class ReleaseComparison:
    """The figures that differ between two releases, and the causes."""

    def __init__(self, home: Home, before: Release, after: Release) -> None:
        self._home, self._before, self._after = home, before, after

    def ask(self) -> Comparison | Running:
        """Return the comparison; raises what :func:`klynge.releases.comparison.compare` raises."""

        def compare_releases(_: Task) -> Comparison:
            return compare(self._home, self._before, self._after)

        return _background.ask(self._key, compare_releases, WAIT_SECONDS)

    def stop(self) -> None:
        """Stop the comparison if it is being computed."""
        _background.stop(self._key)

    @property
    def _key(self) -> tuple[Any, ...]:
        return ("comparison", self._before.path, self._after.path)


def _by_auditor(
    home: Home, release: Release, question: Callable[[Auditor], T]
) -> Callable[[Task], T]:
    def ask_auditor(task: Task) -> T:
        with auditor(home, release) as opened:
            task.uses(opened.database.connection)
            return question(opened)

    return ask_auditor

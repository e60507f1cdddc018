"""Send progress messages to watchers, such as the terminal.

If there is no watcher, the messages are dropped.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Watcher(Protocol):
    """Receives progress messages."""

    def milestone(self, message: str) -> None:
        """Receive the message that a step is done."""

    def detail(self, message: str) -> None:
        """Receive a message about progress within a step."""


_watchers: list[Watcher] = []


def milestone(message: str) -> None:
    """Report to the watchers that a step is done."""
    for watcher in _watchers:
        watcher.milestone(message)


def detail(message: str) -> None:
    """Report progress within a step to the watchers."""
    for watcher in _watchers:
        watcher.detail(message)


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Send all messages to ``watcher`` while the context is open."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)

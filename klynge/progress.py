"""A word on what is going on, for whoever watches; silent where nobody does."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Watcher(Protocol):
    """Somebody who is told how a run gets on."""

    def milestone(self, message: str) -> None:
        """A step is done."""

    def detail(self, message: str) -> None:
        """Something within a step is done, or about to be."""


_watchers: list[Watcher] = []


def milestone(message: str) -> None:
    """Tell the watchers that a step is done."""
    for watcher in _watchers:
        watcher.milestone(message)


def detail(message: str) -> None:
    """Tell the watchers what goes on within a step."""
    for watcher in _watchers:
        watcher.detail(message)


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Have ``watcher`` told of everything until the block ends."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)

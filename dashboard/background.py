"""Work that may take longer than a page: done in the background, kept, and stopped when left.

A release never changes, so a finished answer about a release stays true and is kept.
"""

import atexit
import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

import duckdb

from klynge import progress
from klynge.errors import KlyngeError
from klynge.messages import message

T = TypeVar("T")
_LOG = logging.getLogger(__name__)

#: How many tasks run at the same time, and how many may wait for their turn.
WORKERS, WAITING = 2, 20
#: How many finished answers are kept.
KEPT = 100
#: A task that no page has asked for during this many seconds is stopped.
LEFT_AFTER = 30.0
#: How often the tasks that run are looked at, in seconds.
_LOOK_EVERY = 0.1


class StoppedError(KlyngeError):
    """A reader stopped the task, or left it."""


class BusyError(KlyngeError):
    """The queue is full, so a new task is refused."""


class BackgroundError(KlyngeError):
    """A task failed for a reason that is no fault of the reader."""


@dataclass(eq=False)
class Task:
    """A piece of work, and its answer when it is done."""

    work: "Work"
    asked_at: float
    started_at: float | None = None
    #: what the task does right now, if it says so
    doing: str = ""
    is_stopped: bool = False
    answer: Any = None
    error: KlyngeError | None = None
    #: the connection in which the task works; a stop interrupts its query
    connection: duckdb.DuckDBPyConnection | None = None
    done: threading.Event = field(default_factory=threading.Event)

    def uses(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Say in which connection the task works."""
        self.connection = connection

    def stop(self) -> None:
        """Stop the task as soon as possible; its answer is dropped."""
        self.is_stopped = True
        if self.connection is not None and not self.done.is_set():
            # the task may end, and close its connection, at this very moment
            with suppress(duckdb.ConnectionException):
                self.connection.interrupt()


#: A function that does the work of a task. It tells the task about its connection.
Work = Callable[[Task], Any]


@dataclass(frozen=True)
class Running:
    """A task that is not done yet."""

    #: seconds since it started; None while it waits for its turn
    seconds: float | None
    doing: str


class Background:
    """Runs tasks in a few threads. A task has a key, and tasks with the same key are one task."""

    def __init__(self, workers: int = WORKERS, waiting: int = WAITING) -> None:
        self._workers, self._waiting = workers, waiting
        self._tasks: OrderedDict[Hashable, Task] = OrderedDict()
        self._queue: deque[Task] = deque()
        self._changed = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._running: dict[int, Task] = {}

    def ask(self, key: Hashable, work: Callable[[Task], T], seconds: float) -> "T | Running":
        """Return the answer of a task, or :class:`Running` if it takes longer than ``seconds``.

        Raises the :class:`KlyngeError` with which the task ended, and :class:`BusyError` if too
        many tasks wait. A task that failed is tried again when it is asked for the next time.
        """
        task = self._find(key, work)
        if not task.done.wait(seconds):
            started = task.started_at
            return Running(None if started is None else time.monotonic() - started, task.doing)
        if task.error is not None:
            self._forget(key, task)
            raise task.error
        answer: T = task.answer
        return answer

    def stop(self, key: Hashable) -> None:
        """Stop the task with this key, if it waits or runs."""
        with self._changed:
            task = self._tasks.get(key)
        if task is not None and not task.done.is_set():
            self._forget(key, task)
            task.stop()

    def close(self) -> None:
        """Stop every task, and wait a moment until none runs."""
        with self._changed:
            self._queue.clear()
        running = list(self._running.values())
        for task in running:
            task.stop()
        for task in running:
            task.done.wait(1.0)

    def milestone(self, text: str) -> None:
        """Note what the task of this thread does; end the task if it was stopped."""
        task = self._running.get(threading.get_ident())
        if task is not None:
            task.doing = text
            if task.is_stopped:
                raise StoppedError(message("this was stopped"))

    detail = milestone

    def _find(self, key: Hashable, work: Work) -> Task:
        with self._changed:
            task = self._tasks.get(key)
            if task is None:
                if len(self._queue) >= self._waiting:
                    raise BusyError(
                        message("many traces are being computed right now: try again in a minute")
                    )
                task = self._tasks[key] = Task(work, time.monotonic())
                self._queue.append(task)
                self._start_threads()
                self._changed.notify()
            task.asked_at = time.monotonic()
            self._tasks.move_to_end(key)
            self._drop_old()
        return task

    def _forget(self, key: Hashable, task: Task) -> None:
        with self._changed:
            if self._tasks.get(key) is task:
                del self._tasks[key]

    def _drop_old(self) -> None:
        done = [key for key, task in self._tasks.items() if task.done.is_set()]
        for key in done[: max(0, len(done) - KEPT)]:
            del self._tasks[key]

    def _start_threads(self) -> None:
        if not self._threads:
            self._threads = [
                threading.Thread(target=self._work, daemon=True) for _ in range(self._workers)
            ]
            self._threads.append(threading.Thread(target=self._look_after, daemon=True))
            for thread in self._threads:
                thread.start()
            # a query that still runs when the program ends would abort the program
            atexit.register(self.close)

    def _work(self) -> None:
        with progress.watched(self):
            while True:
                with self._changed:
                    while not self._queue:
                        self._changed.wait()
                    task = self._queue.popleft()
                self._run(task)

    def _run(self, task: Task) -> None:
        me = threading.get_ident()
        self._running[me] = task
        task.started_at = time.monotonic()
        try:
            if not task.is_stopped:
                task.answer = task.work(task)
        except KlyngeError as error:
            task.error = error
        except Exception as error:  # noqa: BLE001 - the page says so, and the log says why
            if not task.is_stopped:
                _LOG.exception("a task in the background failed")
            task.error = BackgroundError(
                message("this could not be computed: {reason}", reason=type(error).__name__)
            )
        finally:
            del self._running[me]
            task.connection = None
            if task.is_stopped:
                task.error = StoppedError(message("this was stopped"))
            task.done.set()

    def _look_after(self) -> None:
        """Stop the tasks that every reader has left; interrupt each query of a stopped task."""
        while True:
            time.sleep(_LOOK_EVERY)
            now = time.monotonic()
            with self._changed:
                entries = list(self._tasks.items())
            for key, task in entries:
                if not task.done.is_set() and now - task.asked_at > LEFT_AFTER:
                    self._forget(key, task)
                    task.stop()
            for task in list(self._running.values()):
                if task.is_stopped:
                    task.stop()

"""Work in the background: its answer, its end, and its limits."""

import threading
import time

import duckdb
import pytest

from dashboard.background import Background, BackgroundError, BusyError, Running, StoppedError, Task
from klynge.errors import InputError
from klynge.messages import message


def test_a_quick_answer_comes_at_once_and_is_kept():
    calls = []

    def work(task):
        calls.append(task)
        return 7

    background = Background()
    assert [background.ask("a", work, 5.0) for _ in range(3)] == [7, 7, 7]
    assert len(calls) == 1


def test_a_slow_answer_comes_when_it_is_asked_for_again():
    go_on = threading.Event()

    def work(_):
        go_on.wait(10)
        return "done"

    background = Background()
    assert isinstance(background.ask("slow", work, 0.01), Running)
    go_on.set()
    assert background.ask("slow", work, 5.0) == "done"


def test_an_error_reaches_the_reader_and_the_next_question_tries_again():
    answers = [InputError(message("no such figure")), ValueError("broken"), 3]

    def work(_):
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    background = Background()
    with pytest.raises(InputError, match="no such figure"):
        background.ask("a", work, 5.0)
    with pytest.raises(BackgroundError, match="ValueError"):
        background.ask("a", work, 5.0)
    assert background.ask("a", work, 5.0) == 3


def test_a_stop_ends_the_query_of_a_task():
    ended = threading.Event()

    def work(task):
        with duckdb.connect() as connection:
            task.uses(connection)
            try:
                connection.execute("select count(*) from range(1000000) a, range(1000000) b")
            finally:
                ended.set()

    background = Background()
    assert isinstance(background.ask("endless", work, 0.3), Running)
    background.stop("endless")
    assert ended.wait(5)


def test_a_task_that_has_closed_its_connection_can_be_stopped():
    connection = duckdb.connect()
    task = Task(lambda _: None, 0.0)
    task.uses(connection)
    connection.close()
    task.stop()
    assert task.is_stopped


def test_a_task_that_every_reader_left_is_stopped(monkeypatch):
    monkeypatch.setattr("dashboard.background.LEFT_AFTER", 0.2)
    background, seen = Background(), []

    def work(task):
        while not task.is_stopped:
            time.sleep(0.01)
        seen.append(task)
        raise StoppedError(message("this was stopped"))

    background.ask("left", work, 0.01)
    deadline = time.monotonic() + 5
    while not seen and time.monotonic() < deadline:
        time.sleep(0.05)
    assert seen


def test_too_many_waiting_tasks_are_refused():
    go_on = threading.Event()
    background = Background(workers=1, waiting=2)
    for number in range(10):
        try:
            background.ask(number, lambda _: go_on.wait(10), 0.02)
        except BusyError:
            break
    else:
        pytest.fail("ten tasks were accepted")
    assert number in (2, 3)
    go_on.set()

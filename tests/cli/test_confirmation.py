"""The questions before commands that cannot be undone: what is asked, and which answers count."""

import builtins
import sys

import pytest

from klynge.intake.door import Door
from klynge.raw_zone import find_load
from tests.conftest import klynge_in_process
from tests.submitted import receive, staff_file

WHY = ("--role", "secretariat", "--reason", "asked for")


@pytest.fixture
def answering(monkeypatch):
    """Answer the questions of a command at a terminal; the questions are collected."""
    asked = []

    def prepare(*answers):
        waiting = iter(answers)

        def answer(question=""):
            asked.append(question)
            given = next(waiting)
            if isinstance(given, str):
                return given
            raise given

        monkeypatch.setattr(builtins, "input", answer)
        monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
        return asked

    return prepare


@pytest.fixture
def load(home, tmp_path):
    return receive(Door.of(home), staff_file(tmp_path, "full_time_equivalents_2024", {"ufs": "1"}))


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize(
    ("answers", "is_erased"),
    [
        (["j"], True),
        (["Ja "], True),
        (["y"], True),
        (["YES"], True),
        (["n"], False),
        (["nej"], False),
        ([""], False),
        ([EOFError()], False),
        ([KeyboardInterrupt()], False),
        (["måske", "j"], True),
        (["x", "n"], False),
    ],
)
def test_an_erasure_waits_for_yes_in_either_language(
    home, load, answering, answers, is_erased, language
):
    asked = answering(*answers)
    done = klynge_in_process(home, "erase", load.load_id, *WHY, "--language", language)
    assert done.returncode == (0 if is_erased else 1), done.stderr
    assert find_load(home, load.load_id).erased == is_erased
    assert len(asked) == len(answers)
    assert asked[0].endswith("[j/N]: " if language == "da" else "[y/N]: ")
    # what would be lost is shown before the question
    assert load.load_id in done.stdout
    unclear = "svar j for ja eller n for nej" if language == "da" else "answer y for yes"
    assert done.stdout.count(unclear) == len(answers) - 1
    refused = "intet er gjort" if language == "da" else "nothing is done"
    assert (refused in done.stdout) != is_erased


def test_the_other_questions_are_asked_and_yes_skips_them(home, load, answering):
    asked = answering("n", "n")
    for command in (
        ("periods", "close", "2024", *WHY),
        ("persons", "erase", "10150817", *WHY),
        ("periods", "close", "2024", *WHY, "--yes"),
    ):
        code = klynge_in_process(home, *command).returncode
        assert code == (0 if "--yes" in command or "persons" in command else 1)
    # a company that occurs nowhere needs no question
    assert len(asked) == 1
    assert klynge_in_process(home, "erase", load.load_id, *WHY, "--yes").returncode == 0
    assert find_load(home, load.load_id).erased

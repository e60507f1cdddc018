"""The language of the command: its option, its variable, and its help."""

import pytest

from cli.language import split_language
from tests.conftest import klynge_in_process as klynge


@pytest.mark.parametrize(
    ("arguments", "rest", "language"),
    [
        (["status"], ["status"], None),
        (["--language", "da", "status"], ["status"], "da"),
        (["loads", "list", "--language=en", "--all"], ["loads", "list", "--all"], "en"),
        (["status", "--language"], ["status"], ""),
        (["query", "--", "--language", "da"], ["query", "--", "--language", "da"], None),
    ],
)
def test_the_language_may_stand_before_or_after_the_sub_command(arguments, rest, language):
    assert split_language(arguments) == (rest, language)


def test_help_is_in_the_language_of_the_command(home, monkeypatch):
    monkeypatch.delenv("KLYNGE_LANGUAGE", raising=False)
    english = klynge(home, "loads", "accept", "--help").stdout
    assert "Usage: " in english
    assert "Accept held loads" in english
    assert "--language <da|en>" in english
    danish = klynge(home, "--language", "da", "loads", "accept", "--help").stdout
    assert "Brug: " in danish
    assert "Godkend tilbageholdte indlæsninger" in danish
    assert "[skal angives]" in danish
    monkeypatch.setenv("KLYNGE_LANGUAGE", "da")
    assert klynge(home, "loads", "accept", "--help").stdout == danish
    assert klynge(home, "loads", "accept", "--help", "--language", "en").stdout == english


def test_an_unknown_language_is_wrong_use(home):
    done = klynge(home, "status", "--language", "sv")
    assert done.returncode == 2
    assert "'sv': use da or en" in done.stderr

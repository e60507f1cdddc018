"""Test the language of the command: its option, its variable and its help."""

import json
import re
from dataclasses import replace

import pytest

from cli.language import split_language
from cli.main import COMMANDS
from klynge.intake.door import Door
from klynge.intake.inbox import land_inbox
from klynge.messages import counted
from klynge.raw_zone import read_ledger
from tests.conftest import klynge_in_process as klynge
from tests.submitted import receive, staff_file

WHY = ("--role", "secretariat", "--reason", "it is a small year")


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
    english = klynge(home, "loads", "show", "--help").stdout
    assert "Usage: " in english
    assert "Show one submission" in english
    assert "--language <da|en>" in english
    danish = klynge(home, "--language", "da", "loads", "show", "--help").stdout
    assert "Brug: " in danish
    assert "Vis en indberetning" in danish
    assert "[skal angives]" in danish
    monkeypatch.setenv("KLYNGE_LANGUAGE", "da")
    assert klynge(home, "loads", "show", "--help").stdout == danish
    assert klynge(home, "loads", "show", "--help", "--language", "en").stdout == english


@pytest.mark.parametrize("name", COMMANDS)
def test_the_values_of_a_command_have_danish_names_in_danish_help(home, name):
    english, danish = [], []
    for told, language in ((english, "en"), (danish, "da")):
        waiting = [(name,)]
        while waiting:
            path = waiting.pop()
            shown = klynge(home, *path, "--help", "--language", language).stdout
            told += [found for found in re.findall(r"<([^<>\n]+)>", shown) if "|" not in found]
            below = re.split(r"Commands:|Kommandoer:", shown)[1:]
            names = re.findall(r"^  ([a-z][a-z-]+)", "".join(below), re.MULTILINE)
            waiting += [(*path, name) for name in names]
    # a format of which there is only one
    assert {*english} & {*danish} <= {"openlineage"}
    assert len(english) == len(danish)


def test_an_unknown_language_is_wrong_use(home):
    done = klynge(home, "status", "--language", "sv")
    assert done.returncode == 2
    assert "'sv': use da or en" in done.stderr


def test_loads_and_status_are_shown_in_danish(home, tmp_path):
    path = staff_file(tmp_path, "full_time_equivalents_2022", {"ufs": "1", "deb": "x"})
    done = klynge(home, "load", str(path), "--reporter", "made", "--language", "da")
    assert done.returncode == 0, done.stderr
    [load] = read_ledger(home)
    assert "indlæst: Årsværk (full_time_equivalents) 2022 fra made, indlæsning" in done.stdout
    assert "2 rækker læst = 1 indlæst + 1 afvist + 0 tilbageholdt" in done.stdout
    assert "1 række i denne fil blev afvist: linje 3" in done.stdout
    assert "(dansk tid)" in klynge(home, "loads", "list", "--language", "da").stdout
    listed = klynge(home, "loads", "list").stdout
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d CES?T", listed)
    assert "der er endnu ikke udgivet noget" in klynge(home, "status", "--language", "da").stdout
    decided = klynge(home, "loads", "reject", load.load_id, *WHY, "--language", "da")
    assert (decided.returncode, "er indlæst og ikke tilbageholdt" in decided.stderr) == (2, True)


def test_a_held_load_gives_its_reasons_in_either_language(home, tmp_path):
    objection = counted("{count:,} row", "{count:,} rows", 1200)
    door = replace(Door.of(home), judge=lambda *_: [objection, "half as many rows"])
    load = receive(door, staff_file(tmp_path, "full_time_equivalents_2022", {"ufs": "1"}))
    danish = klynge(home, "loads", "show", load.load_id, "--language", "da").stdout
    assert "indsigelse: 1.200 rækker" in danish
    assert "indsigelse: half as many rows" in danish
    assert "objection: 1,200 rows" in klynge(home, "loads", "show", load.load_id).stdout


def test_a_refused_file_gives_its_reason_in_either_language(home):
    (home.inbox / "made").mkdir(parents=True)
    (home.inbox / "made" / "folder").mkdir()
    land_inbox(Door.of(home))
    danish = klynge(home, "status", "--language", "da").stdout
    assert "made/folder er afvist: det er ikke en almindelig fil" in danish
    assert "made/folder is refused: it is not an ordinary file" in klynge(home, "status").stdout
    said = json.loads(klynge(home, "status", "--json", "--language", "da").stdout)
    assert said["refused"][0]["reason"].startswith("it is not an ordinary file")


def test_refused_rows_stay_in_the_status_until_a_correction_comes(home, tmp_path):
    door = Door.of(home)
    name = "full_time_equivalents_2022"
    load = receive(door, staff_file(tmp_path, name, {"ufs": "1", "deb": "x"}))
    said = json.loads(klynge(home, "status", "--json").stdout)
    [refused] = said["refused_rows"]
    assert (refused["load"], refused["rows"], refused["lines"]) == (load.load_id, 1, [3])
    shown = klynge(home, "status").stdout
    assert f"made full_time_equivalents 2022, load {load.load_id}: 1 row of this file" in shown
    assert (
        "1 row of this file was refused: line 3"
        in klynge(home, "loads", "show", load.load_id).stdout
    )
    receive(door, staff_file(tmp_path, f"{name}_c1", {"ufs": "1", "deb": "2"}))
    assert json.loads(klynge(home, "status", "--json").stdout)["refused_rows"] == []


def test_status_counts_the_organisations_that_have_reported(home, tmp_path):
    receive(Door.of(home), staff_file(tmp_path, "full_time_equivalents_2024", {"ufs": "1"}))
    said = json.loads(klynge(home, "status", "--json").stdout)["reported"]
    [staff] = [
        one for one in said if (one["period"], one["dataset"]) == ("2024", "full_time_equivalents")
    ]
    assert staff["reported"] == 1 < staff["due"]
    shown = klynge(home, "status", "--language", "da").stdout
    assert f"Årsværk 1 af {staff['due']}" in shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("lods",), "kommandoen lods findes ikke"),
        (("loads", "show"), "argumentet ID mangler"),
        (("loads", "accept", "ab12", "--role", "me"), "tilvalget --reason skal angives"),
        (("loads", "accept", "ab12", "--role"), "tilvalget --role kræver en værdi"),
        (("status", "--wrong"), "tilvalget --wrong findes ikke"),
        (("status", "more"), "uventet: more"),
        (("trace", "verify", "--sample", "0"), "værdien skal være mindst 1"),
        (("trace", "verify", "--sample", "x"), "værdien skal være et helt tal"),
        (("trace", "verify", "--format", "pdf"), "'pdf' er ikke en af 'text', 'json', 'csv'"),
        (("trace", "verify", "--sample", "0"), "[TILVALG]"),
        (("loads",), "Kommandoer:"),
    ],
)
def test_wrong_use_is_told_in_danish(home, arguments, words):
    done = klynge(home, *arguments, "--language", "da")
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert klynge(home, *arguments).returncode == 2

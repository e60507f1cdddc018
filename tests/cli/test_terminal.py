"""No character, width or closed pipe of a terminal stops the command."""

import json
import os
import subprocess
import sys

import pytest

from klynge import checkout
from tests.conftest import klynge
from tests.intake.door import FUNDING, GRANT, write

ASCII = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}


def test_a_terminal_without_danish_letters_gets_question_marks(tmp_path, home):
    file = write(tmp_path, "funding_2021.csv", FUNDING, GRANT.replace("ufs", "ø"))
    known, replaced = (
        klynge(home, "validate", str(file), **environment) for environment in ({}, ASCII)
    )
    assert (known.returncode, replaced.returncode) == (1, 1), replaced.stderr
    assert "række" in known.stdout
    assert replaced.stdout == known.stdout.encode("ascii", "replace").decode()


def test_a_file_name_that_is_no_utf8_is_shown(tmp_path, home):
    name = os.fsdecode(b"funding_2021_\xe6.csv")
    done = klynge(home, "validate", str(tmp_path / name))
    assert done.returncode == 2, done.stderr
    assert "funding_2021_?.csv" in done.stderr


def test_json_loses_no_character_to_the_encoding(published):
    done = klynge(published, "query", "select chr(248) as t", "--format", "json", **ASCII)
    assert json.loads(done.stdout) == [{"t": "ø"}]


@pytest.mark.parametrize("columns", ["0", "1", "-5", "wide"])
def test_an_odd_width_stops_nothing(published, columns):
    assert klynge(published, "status", COLUMNS=columns).returncode == 4


def test_a_reader_that_stops_early_gets_no_error_message(published):
    code = "from cli.main import main; main()"
    query = "select * from range(100000)"
    with subprocess.Popen(
        [sys.executable, "-c", code, "query", query, "--format", "csv"],
        cwd=checkout.ROOT,
        env={**os.environ, "KLYNGE_HOME": str(published.root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""


def test_without_an_output_the_command_still_answers_by_its_exit_code(published):
    done = subprocess.run(
        ["sh", "-c", '"$0" -c "from cli.main import main; main()" status >&- 2>&-', sys.executable],  # noqa: S607
        cwd=checkout.ROOT,
        env={**os.environ, "KLYNGE_HOME": str(published.root)},
        check=False,
    )
    assert done.returncode == 4

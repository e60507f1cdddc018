"""The reporters' command works in an empty folder, without checkout, home and git."""

import subprocess
import sys
import zipfile

import pytest

from cli.reporter_wheel import COMMAND, PACKAGE, build_wheel
from tests.intake.test_human_files import ACTIVITIES, csv, meeting


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build_wheel(tmp_path_factory.mktemp("dist"))


def run(wheel, folder, *arguments):
    """Run the unpacked command; it can import only the packages of the interpreter."""
    installed = folder / "installed"
    with zipfile.ZipFile(wheel) as files:
        files.extractall(installed)
    return subprocess.run(
        [sys.executable, "-m", PACKAGE, *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(installed), "PATH": "", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_a_reporter_checks_a_file_in_an_empty_folder(wheel, tmp_path):
    file = tmp_path / "activities_2024.csv"
    file.write_bytes(csv(ACTIVITIES, meeting("1"), meeting("2", "1/3-2024")))
    done = run(wheel, tmp_path, "validate", str(file))
    assert done.returncode == 1, done.stderr
    assert "skriv 01-03-2024" in done.stdout
    assert "2 rækker læst, 1 godkendt, 1 afvist" in done.stdout
    assert {path.name for path in tmp_path.iterdir()} == {file.name, "installed"}


def test_a_reporter_writes_templates(wheel, tmp_path):
    done = run(wheel, tmp_path, "template", "funding", "--period", "2026", "--reporter", "clean")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "Finansiering_2026.xlsx").is_file()


def test_the_wheel_names_its_command_and_needs_no_framework(wheel):
    assert wheel.stat().st_size < 1_000_000
    with zipfile.ZipFile(wheel) as files:
        names = files.namelist()
        [metadata] = [files.read(n).decode() for n in names if n.endswith("METADATA")]
        [entries] = [files.read(n).decode() for n in names if n.endswith("entry_points.txt")]
    assert entries == f"[console_scripts]\n{COMMAND} = {PACKAGE}:main\n"
    for framework in ("dagster", "dbt", "great", "pandas", "sqlglot"):
        assert framework not in metadata


def test_the_same_code_gives_the_same_wheel(wheel, tmp_path):
    assert build_wheel(tmp_path).read_bytes() == wheel.read_bytes()

"""A person or company is found everywhere, and only its rows are erased."""

import json
import shutil
import sqlite3

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klynge import raw_zone, runs
from klynge.errors import InputError
from klynge.home import Home, read_json
from klynge.intake.door import Door
from klynge.intake.pseudonyms import PseudonymKey
from klynge.persons.erasing import finish_interrupted
from klynge.persons.identity import Person, identify
from klynge.raw_zone import find_load, read_ledger
from tests.conftest import klynge_in_process as klynge
from tests.submitted import at_rest, receive

WHY = ("--role", "data protection officer", "--reason", "asked for")
HEADER = "organisation_id;member_id;country;member_type;dues_kr"
COMPANY, FOREIGN = "12345674", "SE 556-12"


def members(folder, year, *rows):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"memberships_{year}.csv"
    path.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    at_rest(path)
    return path


@pytest.fixture
def loads(home, tmp_path):
    """Load three files.

    Two loads have accepted rows about the company. One of these two loads also has a rejected row
    about the company.
    """
    door = Door.of(home)
    rows = [
        ("2021", f"made;{COMPANY};DK;company;5", "made;10168376;DK;company;6"),
        (
            "2022",
            f"made;10168376;DK;company;1;{COMPANY}",
            f"made;{COMPANY};DK;company;7",
            f"made;{FOREIGN};SE;company;8",
        ),
        ("2023", "made;10168376;DK;company;9"),
    ]
    return [receive(door, members(tmp_path, year, *of_year)) for year, *of_year in rows]


def row_keys(home, load):
    return pq.read_table(raw_zone.rows_of(home, load))["source_row_key"].to_pylist()


def test_a_company_is_found_in_rows_refused_lines_and_files(home, loads):
    found = klynge(home, "persons", "find", COMPANY)
    assert found.returncode == 0
    first, second, third = (load.load_id for load in loads)
    assert f"load {first} (made memberships 2021)" in found.stdout
    assert "row 1 (without the heading)" in found.stdout
    assert second in found.stdout
    assert third not in found.stdout
    for load in loads[:2]:
        [digest] = load.files.values()
        assert f"archive/{digest}" in found.stdout
    nobody = klynge(home, "persons", "find", "99999999")
    assert (nobody.returncode, "occurs nowhere" in nobody.stdout) == (1, True)


def test_its_erasure_leaves_all_other_rows_with_their_keys(home, loads):
    first, second, third = loads
    done = klynge(home, "persons", "erase", f" DK-{COMPANY[:4]} {COMPANY[4:]}", *WHY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert row_keys(home, first) == [f"{first.load_id}#2"]
    assert row_keys(home, second) == [f"{second.load_id}#3"]
    assert row_keys(home, third) == [f"{third.load_id}#1"]
    entry = find_load(home, first.load_id)
    assert (entry.state, entry.rows_loaded, entry.rows_erased) == ("loaded", 2, 1)
    assert entry.about["row_erasures"][0]["role"] == "data protection officer"
    assert entry.files == first.files
    for load in (first, second):
        assert not any((home.archive / digest).exists() for digest in load.files.values())
    assert "asked for" in klynge(home, "loads", "show", first.load_id).stdout
    assert klynge(home, "persons", "find", COMPANY).returncode == 1
    everything = b"".join(p.read_bytes() for p in home.root.rglob("*") if p.is_file())
    assert COMPANY.encode() not in everything
    assert identify(home, COMPANY).pseudonyms.isdisjoint(
        pq.read_table(raw_zone.rows_of(home, second))["member_id"].to_pylist()
    )


def test_what_an_old_backup_brings_back_is_noticed_and_erased_again(home, loads, tmp_path):
    backup = tmp_path / "backup"
    shutil.copytree(home.raw, backup)
    klynge(home, "persons", "erase", COMPANY, *WHY)
    klynge(home, "erase", loads[2].load_id, *WHY)
    shutil.rmtree(home.raw)
    shutil.copytree(backup, home.raw)
    status = klynge(home, "status").stdout
    assert status.count("an older backup was restored") == 3
    said = finish_interrupted(home)
    assert len(said) == 3
    assert row_keys(home, loads[0]) == [f"{loads[0].load_id}#2"]
    assert [load.erased for load in read_ledger(home)] == [False, False, True]
    assert klynge(home, "persons", "find", COMPANY).returncode == 1
    assert finish_interrupted(home) == []
    assert "an older backup" not in klynge(home, "status").stdout


def test_an_erasure_that_was_interrupted_is_finished(home, loads, monkeypatch):
    monkeypatch.setattr("klynge.persons.erasing._remove_noted_rows", lambda _: 1 / 0)
    assert klynge(home, "persons", "erase", COMPANY, *WHY).returncode == 3
    assert len(row_keys(home, loads[0])) == 2
    monkeypatch.undo()
    finish_interrupted(home)
    assert len(row_keys(home, loads[0])) == 1


@pytest.mark.usefixtures("loads")
def test_records_of_runs_and_dagsters_storage_are_cleaned(home):
    [pseudonym] = identify(home, COMPANY).pseudonyms
    failing = {"member_id": pseudonym, "dues_kr": "5"}
    sound = {"member_id": "p_other", "dues_kr": "6"}
    runs.start(home, "a_run")
    runs.keep(home, "a_run", "gate.json", {"results": [{"failing_rows": [failing, sound]}]})
    page = runs.folder(home, "a_run") / "page.html"
    page.write_text(pseudonym.replace("_", "_<wbr>"), encoding="utf-8")
    storage = home.root / "dagster" / "event_log.db"
    storage.parent.mkdir()
    with sqlite3.connect(storage) as connection:
        connection.execute("create table events (event text)")
        connection.execute("insert into events values (?)", (json.dumps(failing),))
    found = klynge(home, "persons", "find", COMPANY).stdout
    assert "gate.json" in found
    assert "page.html" in found
    assert "event_log.db" in found
    assert klynge(home, "persons", "erase", COMPANY, *WHY).returncode == 0
    [result] = read_json(runs.folder(home, "a_run") / "gate.json")["results"]
    assert result["failing_rows"] == [{"member_id": "(erased)", "dues_kr": "(erased)"}, sound]
    assert pseudonym not in page.read_text(encoding="utf-8")
    assert pseudonym.encode() not in storage.read_bytes()


def test_a_person_is_erased_by_its_pseudonym_too(home, loads):
    [pseudonym] = identify(home, FOREIGN, "SE").pseudonyms
    assert klynge(home, "persons", "erase", pseudonym, *WHY).returncode == 0
    assert row_keys(home, loads[1]) == [f"{loads[1].load_id}#2"]


def test_a_wrong_identifier_is_a_message(home):
    with pytest.raises(InputError, match="not a CVR number"):
        identify(home, "1234")


KEY = PseudonymKey(b"a key of the tests")


@given(
    st.from_regex(r"[0-9]{8}", fullmatch=True),
    st.sampled_from(["{}", " {} ", "DK{}", "DK-{}", "dk {}"]),
)
def test_a_cvr_number_is_recognised_however_it_is_written(cvr, shape):
    person = Person("DK", cvr, frozenset(KEY.all_pseudonyms("DK", cvr)), KEY)
    assert person.is_meant_by(shape.format(cvr))
    assert not person.is_meant_by(shape.format(f"{(int(cvr) + 1) % 10**8:08d}"))


@given(st.from_regex(r"[A-Za-zÆØÅæøåéÉ0-9]{3,20}", fullmatch=True), st.sampled_from(" .-/_\u200b"))
def test_a_foreign_identifier_is_recognised_however_it_is_written(identifier, mark):
    person = Person("SE", identifier, frozenset(KEY.all_pseudonyms("SE", identifier)), KEY)
    assert person.is_meant_by(identifier.upper())
    assert person.is_meant_by(mark.join(identifier))


def test_a_home_elsewhere_can_share_the_list_of_erasures(home, loads, tmp_path, monkeypatch):
    monkeypatch.setenv("KLYNGE_ERASURES_FILE", str(tmp_path / "erasures.json"))
    older = Home(shutil.copytree(home.root, tmp_path / "older"))
    klynge(home, "persons", "erase", COMPANY, *WHY)
    assert not (home.root / "erasures.json").exists()
    assert len(finish_interrupted(older)) == 2
    assert row_keys(older, loads[0]) == [f"{loads[0].load_id}#2"]

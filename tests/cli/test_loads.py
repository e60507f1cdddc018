"""Test the commands about submissions: load, loads, rejects, erase and status."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from threading import Thread

import pytest
import xlsxwriter

from klynge.errors import InputError
from klynge.intake.door import Door
from klynge.intake.inbox import land_inbox
from klynge.intake.submissions import which_loads_count
from klynge.raw_zone import decide, find_load, read_ledger
from tests.conftest import klynge_in_process as klynge
from tests.submitted import receive, staff_file

NAME = "full_time_equivalents_2021"
#: The command that erases one company.
PERSON = ("persons", "erase", "12345674")
WHY = ("--role", "secretariat", "--reason", "it is a small year")


@pytest.fixture
def held(home, tmp_path) -> str:
    """Return the id of a load that the door holds."""
    door = replace(Door.of(home), judge=lambda *_: ["half as many rows as last year"])
    return receive(door, staff_file(tmp_path, NAME, {"ufs": "1"})).load_id


def test_a_file_is_loaded_and_its_counts_and_reasons_are_said(home, tmp_path):
    path = staff_file(tmp_path, NAME, {"ufs": "1", "eu": "2", "deb": "x"})
    done = klynge(home, "load", str(path), "--reporter", "made")
    assert done.returncode == 0, done.stderr
    [load] = read_ledger(home)
    assert f"loaded: full_time_equivalents 2021 from made, load {load.load_id}" in done.stdout
    assert "3 rows read = 1 loaded + 2 rejected + 0 held" in done.stdout
    assert "1  staff_funder" in done.stdout
    assert f"klynge rejects {load.load_id}" in done.stdout
    listed = klynge(home, "loads", "list").stdout
    assert load.load_id in listed
    assert "2026-12-31" in listed
    shown = klynge(home, "loads", "show", load.load_id[:6]).stdout
    assert load.files[path.name] in shown


def test_what_the_options_say_comes_before_the_name(home, tmp_path):
    path = staff_file(tmp_path, "my numbers", {"ufs": "1"})
    about = ("--reporter", "made", "--dataset", "full_time_equivalents", "--period", "2022")
    done = klynge(home, "load", str(path), *about, "--correction", "2", "--partial")
    assert done.returncode == 0, done.stderr
    [load] = read_ledger(home)
    assert (load.period, load.correction_no, load.partial) == ("2022", 2, True)


def test_a_file_in_a_reporters_inbox_names_its_reporter(home):
    path = staff_file(home.inbox / "made", NAME, {"ufs": "1"})
    assert klynge(home, "load", str(path)).returncode == 0
    assert [load.reporter for load in read_ledger(home)] == ["made"]
    assert path.exists()


def test_one_refused_file_keeps_no_other_out(home, tmp_path):
    good, bad = (staff_file(tmp_path, name, {"ufs": "1"}) for name in (NAME, "besøg_2021"))
    done = klynge(home, "load", str(bad), str(good), "--reporter", "made")
    assert done.returncode == 2
    assert f"refused: {bad}: 'besøg_2021' begins with the name of no dataset" in done.stderr
    assert len(read_ledger(home)) == 1
    nobody = klynge(home, "load", str(good))
    assert nobody.returncode == 2
    assert "--reporter" in nobody.stderr


def test_the_same_bytes_again_are_said_to_be_known_and_change_nothing(home, tmp_path):
    path = staff_file(tmp_path, NAME, {"ufs": "1"})
    first = klynge(home, "load", str(path), "--reporter", "made")
    [load] = read_ledger(home)
    again = klynge(home, "load", str(path), "--reporter", "made")
    assert (first.returncode, again.returncode) == (0, 0)
    assert f"loaded: full_time_equivalents 2021 from made, load {load.load_id}" in first.stdout
    assert "exactly this file, byte for byte, was received before: on 20" in again.stdout
    assert f"as load {load.load_id} (made full_time_equivalents 2021)" in again.stdout
    assert "which is loaded; nothing is changed" in again.stdout
    assert "rows read" not in again.stdout
    danish = klynge(home, "load", str(path), "--reporter", "made", "--language", "da").stdout
    assert "præcis denne fil er modtaget før" in danish
    assert "intet er ændret" in danish
    assert read_ledger(home) == [load]
    # two copies in one command are one load as well
    copy = staff_file(tmp_path / "copy", "full_time_equivalents_2022", {"ufs": "1"})
    told = klynge(home, "load", str(copy), str(copy), "--reporter", "made").stdout
    assert told.count("nothing is changed") == 1


def test_a_file_that_is_not_there_is_named_with_its_neighbours(home, tmp_path):
    for year in ("2021", "2022"):
        staff_file(tmp_path, f"Årsværk {year}", {"ufs": "1"})
    wanted = tmp_path / "årsværk 2023.csv"
    done = klynge(home, "load", str(wanted), "--reporter", "made")
    assert done.returncode == 2
    assert f"{wanted} is not there; the files with the nearest names" in done.stderr
    assert "Årsværk 2021.csv" in done.stderr
    # without an option or a known dataset, the missing file is still the first fault
    odd = klynge(home, "load", str(tmp_path / "visitors.xlsx"))
    assert "is not there, and no file in that folder" in odd.stderr
    assert "findes ikke" in klynge(home, "validate", str(wanted), "--language", "da").stderr


def test_a_new_value_of_a_register_is_added_by_the_secretariat_itself(home, tmp_path):
    path = tmp_path / "organisations_2024.csv"
    header = "organisation_id;name;cvr_number;area_id;active_from;active_to"
    path.write_text(f"{header}\nmade;MADE;;no_such_area;2024-01-01;\n")
    said = klynge(home, "load", str(path), "--reporter", "made", "--language", "da").stdout
    assert "kun sekretariatet kan tilføje en ny værdi" in said
    assert "`klynge reference template TABEL`" in said
    assert "bed sekretariatet" not in said


@pytest.mark.parametrize(("word", "state"), [("accept", "loaded"), ("reject", "rejected")])
def test_a_held_load_is_decided_with_role_and_reason(home, held, word, state):
    status = klynge(home, "status")
    assert f"load {held} (made full_time_equivalents 2021) is held" in status.stdout
    done = klynge(home, "loads", word, held[:8], *WHY)
    assert done.returncode == 0, done.stderr
    load = find_load(home, held)
    assert load.state == state
    assert load.about["decision"]["role"] == "secretariat"
    assert "it is a small year" in klynge(home, "loads", "show", held).stdout
    again = klynge(home, "loads", word, held, *WHY)
    assert again.returncode == 2
    assert "there is nothing to decide" in again.stderr
    assert json.loads(klynge(home, "status", "--json").stdout)["held"] == []


def test_what_two_report_on_is_held_and_not_accepted_while_both_would_count(home, tmp_path):
    own, agencys = (
        staff_file(tmp_path / who, NAME, {"ufs": years})
        for who, years in (("made", "1"), ("ufs", "2"))
    )
    assert klynge(home, "load", str(own), "--reporter", "made").returncode == 0
    assert klynge(home, "load", str(agencys), "--reporter", "ufs").returncode == 1
    [first, second] = read_ledger(home)
    assert "organisation_id_reported_once" in second.about["objections"][0]
    done = klynge(home, "loads", "accept", second.load_id, *WHY)
    assert done.returncode == 2
    assert f"so does load {first.load_id} of made" in " ".join(done.stderr.split())
    assert "only one of them can count" in " ".join(done.stderr.split())
    assert find_load(home, second.load_id).state == "held"
    assert klynge(home, "erase", first.load_id, *WHY).returncode == 0
    assert klynge(home, "loads", "accept", second.load_id, *WHY).returncode == 0


def test_a_withdrawn_load_gives_way_to_what_it_replaced(home, tmp_path):
    door = Door.of(home)
    first, second = (
        receive(door, staff_file(tmp_path, name, {"ufs": "1"})) for name in (NAME, f"{NAME}_c1")
    )
    assert which_loads_count(read_ledger(home)) == [second]
    before = datetime.now(UTC)
    done = klynge(home, "loads", "withdraw", second.load_id[:8], *WHY)
    assert done.returncode == 0, done.stderr
    assert "withdrawn: full_time_equivalents 2021 correction 1 from made" in done.stdout
    counts_now = f"of made full_time_equivalents 2021, this load counts now: {first.load_id}"
    assert counts_now in " ".join(done.stdout.split())
    assert "next: run `klynge nightly`" in done.stdout
    assert "it is a small year" in klynge(home, "loads", "show", second.load_id).stdout
    assert which_loads_count(read_ledger(home)) == [first]
    assert which_loads_count(read_ledger(home, before)) == [second]
    again = klynge(home, "loads", "withdraw", second.load_id, *WHY)
    assert again.returncode == 2
    assert "there is nothing to withdraw" in again.stderr
    last = klynge(home, "loads", "withdraw", first.load_id, *WHY).stdout
    assert "no file of made full_time_equivalents 2021 counts now" in last


def test_a_rejected_load_changes_nothing_that_is_published(home, held):
    done = klynge(home, "loads", "reject", held, *WHY)
    assert "no file of made full_time_equivalents 2021 counts now" in done.stdout
    assert "klynge nightly" not in done.stdout


def test_a_withdrawal_lets_no_subject_count_twice(home, tmp_path):
    door = Door.of(home)
    receive(door, staff_file(tmp_path / "a", NAME, {"ufs": "1"}), "ufs")
    corrected = staff_file(tmp_path / "a", f"{NAME}_c1", {"ufs": "1"}, organisation="clean")
    correction = receive(door, corrected, "ufs")
    receive(door, staff_file(tmp_path / "b", NAME, {"ufs": "2"}))
    done = klynge(home, "loads", "withdraw", correction.load_id, *WHY)
    assert done.returncode == 2
    assert "only one of them can count" in " ".join(done.stderr.split())


@pytest.mark.parametrize(("word", "state"), [("accept", "loaded"), ("reject", "rejected")])
def test_several_loads_are_decided_together_or_not_at_all(home, tmp_path, held, word, state):
    door = replace(Door.of(home), judge=lambda *_: ["half as many rows as last year"])
    other = receive(door, staff_file(tmp_path, "full_time_equivalents_2022", {"ufs": "1"})).load_id
    sound = receive(Door.of(home), staff_file(tmp_path, "full_time_equivalents_2023", {"eu": "2"}))
    done = klynge(home, "loads", word, held, other, sound.load_id, *WHY)
    assert done.returncode == 2
    assert "none of the 3 loads has changed" in " ".join(done.stderr.split())
    assert {find_load(home, one).state for one in (held, other)} == {"held"}
    assert klynge(home, "loads", word, held, other, held[:9], *WHY).returncode == 0
    assert {find_load(home, one).state for one in (held, other)} == {state}


def test_of_two_decisions_on_a_load_at_once_one_is_kept(home, held):
    load = find_load(home, held)
    errors = []

    def decide_at_once(accepted: bool) -> None:
        try:
            decide(home, load, accepted=accepted, role=f"role {accepted}", reason="why")
        except InputError as error:
            errors.append(str(error))

    threads = [Thread(target=decide_at_once, args=[n % 2 == 0]) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    role = find_load(home, held).about["decision"]["role"]
    assert len(errors) == 7
    assert all(f"has a decision already, by {role}" in error for error in errors)


@pytest.mark.parametrize(
    "command", [("loads", "accept"), ("loads", "reject"), ("loads", "withdraw"), ("erase",)]
)
def test_nothing_is_decided_without_a_role_and_a_reason(home, held, command):
    assert klynge(home, *command, held).returncode == 2
    assert find_load(home, held).state == "held"


@pytest.mark.parametrize("why", [("", "asked for"), ("secretariat", ""), (" \t", "asked for")])
@pytest.mark.parametrize(
    "command",
    [("loads", "accept"), ("loads", "reject"), ("loads", "withdraw"), ("erase",), PERSON],
)
def test_nothing_is_decided_with_an_empty_role_or_reason(home, held, command, why):
    arguments = command if command == PERSON else (*command, held)
    done = klynge(home, *arguments, "--role", why[0], "--reason", why[1])
    assert done.returncode == 2
    assert "role and reason must not be empty" in " ".join(done.stderr.split())
    assert find_load(home, held).state == "held"


@pytest.mark.parametrize(("word", "state"), [("reject", "rejected"), ("withdraw", "withdrawn")])
def test_the_file_of_a_load_that_will_not_count_again_is_refused(home, held, word, state):
    klynge(home, "loads", word, held, *WHY)
    path = staff_file(home.inbox / "made", NAME, {"ufs": "1"})
    done = klynge(home, "load", str(path))
    said = " ".join(done.stderr.split())
    assert done.returncode == 2
    assert f"this file was load {held}, which was {state}: it is a small year; if its rows" in said
    assert "send it as a correction with the next number, 1" in said
    landed, refused = land_inbox(Door.of(home))
    assert (landed, [one.place for one in refused]) == ([], [f"inbox/made/{path.name}"])
    assert path.exists()
    as_said = klynge(home, "load", str(path), "--correction", "1")
    assert as_said.returncode == 0, as_said.stderr


def test_a_partial_correction_waits_for_the_whole_file(home, tmp_path):
    single = staff_file(tmp_path, f"{NAME}_c1_partial", {"ufs": "1"})
    sent = klynge(home, "load", str(single), "--reporter", "made").stdout
    [load] = read_ledger(home)
    waiting = (
        "it waits: it has single rows only, and no whole file of made full_time_equivalents 2021"
    )
    assert waiting in " ".join(sent.split())
    assert waiting in " ".join(klynge(home, "loads", "show", load.load_id).stdout.split())
    whole = staff_file(tmp_path, NAME, {"ufs": "2", "eu": "3"})
    assert klynge(home, "load", str(whole), "--reporter", "made").returncode == 0
    assert "it waits" not in klynge(home, "loads", "show", load.load_id).stdout


def test_a_load_that_is_not_there_is_a_message(home):
    for command in (("loads", "show"), ("loads", "accept"), ("erase",)):
        why = () if command[-1] == "show" else WHY
        done = klynge(home, *command, "ffff", *why)
        assert done.returncode == 2
        assert "no single load 'ffff'" in done.stderr


def test_of_a_load_without_rejected_rows_no_file_is_written(home, tmp_path):
    path = staff_file(tmp_path, NAME, {"ufs": "1"})
    klynge(home, "load", str(path), "--reporter", "made")
    [load] = read_ledger(home)
    out = tmp_path / "rejects.xlsx"
    done = klynge(home, "rejects", load.load_id, "--language", "en", "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert "nothing was rejected" in done.stdout
    assert not out.exists()


def test_rejects_are_written_to_be_sent_back(home, tmp_path):
    path = staff_file(tmp_path, NAME, {"ufs": "x"})
    klynge(home, "load", str(path), "--reporter", "made")
    [load] = read_ledger(home)
    for file_format, language, beginning in (
        ("csv", "da", b"\xef\xbb\xbflinje;kolonne"),
        ("csv", "en", b"\xef\xbb\xbfline;column"),
        ("xlsx", "da", b"PK"),
    ):
        out = tmp_path / f"rejects.{file_format}"
        options = ("--format", file_format, "--language", language, "--out", str(out))
        done = klynge(home, "rejects", load.load_id, *options)
        assert done.returncode == 0, done.stderr
        assert out.read_bytes().startswith(beginning)
        assert out.stat().st_mode & 0o077 == 0
    klynge(home, "erase", load.load_id, *WHY)
    done = klynge(home, "rejects", load.load_id, *options)
    assert done.returncode == 2
    assert "slettet" in done.stderr


def test_the_name_of_the_file_decides_the_format_of_rejects(home, tmp_path):
    load = receive(Door.of(home), staff_file(tmp_path, NAME, {"ufs": "x"}))
    out = tmp_path / "rejects.csv"
    assert klynge(home, "rejects", load.load_id, "--out", str(out)).returncode == 0
    assert out.read_bytes().startswith(b"\xef\xbb\xbflinje;kolonne")
    for name, options, said in (
        ("rejects.txt", (), "ender hverken med .csv eller .xlsx"),
        ("rejects.csv", ("--format", "xlsx"), "passer ikke til --format xlsx"),
    ):
        done = klynge(home, "rejects", load.load_id, "--out", str(tmp_path / name), *options)
        assert (done.returncode, said in done.stderr) == (2, True), done.stderr


def test_rejects_of_a_workbook_name_its_sheet(home, tmp_path):
    path = tmp_path / f"{NAME}.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet("Full_time_equivalents")
        sheet.write_row(0, 0, ("organisation_id", "staff_funder", "full_time_equivalents"))
        sheet.write_row(1, 0, ("made", "ufs", "x"))
    klynge(home, "load", str(path), "--reporter", "made")
    [load] = read_ledger(home)
    out = tmp_path / "rejects.csv"
    klynge(home, "rejects", load.load_id, "--format", "csv", "--out", str(out))
    assert out.read_text("utf-8-sig").splitlines()[1].startswith("Full_time_equivalents;2;")


def test_what_is_past_its_time_is_listed_until_it_is_erased(home, tmp_path):
    door = Door.of(home)
    period = replace(door.reporting.periods["2021"], first_year=2001, last_year=2001)
    made = replace(door.reporting.reporters["made"], spans=(period.span,))
    old = replace(
        door, reporting=replace(door.reporting, periods={"2021": period}, reporters={"made": made})
    )
    load = receive(old, staff_file(tmp_path, NAME, {"ufs": "1"}))
    young = receive(door, staff_file(tmp_path, "full_time_equivalents_2025", {"ufs": "1"}))
    listed = klynge(home, "loads", "list", "--past-retention").stdout
    assert load.load_id in listed
    assert young.load_id not in listed
    assert klynge(home, "erase", load.load_id, *WHY).returncode == 0
    assert load.load_id not in klynge(home, "loads", "list", "--past-retention").stdout


def test_status_counts_what_is_missing_and_lists_it_when_asked(published, home, tmp_path):
    assert "missing   2024: 99 of 99 submissions" in klynge(published, "status").stdout
    path = staff_file(tmp_path, "full_time_equivalents_2024", {"ufs": "1"})
    klynge(home, "load", str(path), "--reporter", "made")
    done = klynge(home, "status", "--missing").stdout
    assert "missing   2024: 98 of 99 submissions" in done
    rows = [line.split() for line in done.splitlines()]
    assert ["2024", "clean", "full_time_equivalents", "2025-03-01"] in rows
    assert ["2024", "made", "full_time_equivalents", "2025-03-01"] not in rows

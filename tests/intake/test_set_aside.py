"""Test the loads that a nightly run leaves out: for how long, and what the secretariat can do."""

from dataclasses import replace

import pytest

from klynge import raw_zone
from klynge.intake import set_aside
from klynge.intake.door import Door
from klynge.intake.submissions import which_loads_count
from klynge.raw_zone import find_load, read_ledger
from tests.conftest import klynge_in_process as klynge
from tests.submitted import receive, staff_file

NAME = "full_time_equivalents_2021"
WHY = ("--role", "secretariat", "--reason", "the board decided so")
REFERENCE = {"calls.csv": "0" * 64}


def record(load, *, acceptable=True, inputs="inputs"):
    checks = [("within_the_pot", "It is within the pot.", acceptable, (f"{load.load_id}#3",))]
    return set_aside.make_record("run", inputs, checks)


@pytest.fixture
def two(home, tmp_path):
    """Return two loads of one slot; the second load counts and is set aside."""
    door = Door.of(home)
    loads = [receive(door, staff_file(tmp_path, n, {"ufs": "1"})) for n in (NAME, f"{NAME}_c1")]
    set_aside.keep_records(home, loads, {loads[1].load_id: record(loads[1])})
    return [find_load(home, load.load_id) for load in loads]


def test_a_load_that_is_set_aside_gives_way_to_what_it_replaced(home, two):
    first, second = two
    assert second.state == "set_aside"
    assert which_loads_count(read_ledger(home)) == [first]
    assert "within_the_pot: It is within the pot. (row 3)" in second.about["set_aside"]["reason"]
    status = klynge(home, "status")
    assert f"load {second.load_id} (made full_time_equivalents 2021) is set aside" in status.stdout
    shown = klynge(home, "loads", "show", second.load_id).stdout
    assert "let its reporter send a correction" in shown
    assert "klynge loads accept" in shown


def test_it_stays_aside_only_while_nothing_changes(home, two, tmp_path):
    ledger = read_ledger(home)
    before = set_aside.fingerprint(ledger, "code", REFERENCE)
    assert set_aside.still_set_aside(ledger, "inputs").keys() == {two[1].load_id}
    assert set_aside.still_set_aside(ledger, before) == {}
    receive(Door.of(home), staff_file(tmp_path, "full_time_equivalents_2022", {"ufs": "2"}))
    changed = {
        set_aside.fingerprint(read_ledger(home), "code", REFERENCE),
        set_aside.fingerprint(ledger, "other code", REFERENCE),
        set_aside.fingerprint(ledger, "code", {"calls.csv": "1" * 64}),
    }
    assert len(changed - {before}) == 3


def test_its_rows_can_be_accepted_with_role_and_reason(home, two):
    done = klynge(home, "loads", "accept", two[1].load_id, *WHY)
    assert done.returncode == 0, done.stderr
    load = find_load(home, two[1].load_id)
    assert load.state == "loaded"
    assert load.about["acceptances"]["within_the_pot"]["reason"] == "the board decided so"
    assert which_loads_count(read_ledger(home)) == [load]
    assert "its rows may break within_the_pot; accepted by secretariat" in done.stdout


def test_rows_that_break_the_structure_cannot_be_accepted(home, two):
    broken = record(two[1], acceptable=False)
    set_aside.keep_records(home, two, {two[1].load_id: broken})
    done = klynge(home, "loads", "accept", two[1].load_id, *WHY)
    assert done.returncode == 2
    assert "rows that break this rule cannot be accepted" in " ".join(done.stderr.split())
    assert find_load(home, two[1].load_id).state == "set_aside"
    assert klynge(home, "loads", "withdraw", two[1].load_id, *WHY).returncode == 0
    assert find_load(home, two[1].load_id).state == "withdrawn"


def test_a_record_is_removed_when_a_night_uses_the_load_again(home, two):
    set_aside.keep_records(home, two, {})
    assert find_load(home, two[1].load_id).state == "loaded"


def test_the_ledger_is_marked_with_exactly_the_loads_of_a_run(two):
    first, second = two
    [other, cleared] = set_aside.mark(two, {first.load_id: record(first)})
    assert (other.state, cleared.state) == ("set_aside", "loaded")
    assert replace(cleared, about=second.about) == second
    assert raw_zone.SET_ASIDE in second.about

"""Test a home's own reference data: accepted rows, refused rows and kept versions."""

import shutil
from datetime import UTC, datetime

import pytest

from klynge import checkout
from klynge.errors import InputError
from klynge.intake.calendar import read_reporting
from klynge.intake.door import Door
from klynge.overlay.acceptance import accept, land_overlay, read_overlay_refusal
from klynge.overlay.proposals import propose, propose_row, propose_without
from klynge.reference.overlay_ledger import list_versions
from klynge.reference.seeds import (
    place_seeds,
    read_reference,
    seed_files,
    seed_folder,
    write_rows,
)
from tests.reference.overlays import SHIPPED, WHY, new_call, period, put, reporter
from tests.submitted import receive, staff_file

CLOSED = period("2024", closes_on="2025-06-01")


def test_a_home_without_an_overlay_has_the_shipped_seeds(home):
    landed = land_overlay(home)
    assert (landed.accepted, landed.refusal, landed.reference.version) == (None, None, None)
    place_seeds(home, landed.reference)
    assert seed_folder(home) == SHIPPED.shipped
    assert not home.reference.exists()


def test_files_in_the_folder_are_accepted_kept_and_read_by_the_door(home):
    put(home, "reporting_periods", CLOSED)
    accepted = land_overlay(home).accepted
    assert accepted.role == "door"
    assert accepted.changes == {"reporting_periods": {"added": 0, "changed": 1, "removed": 0}}
    assert (accepted.folder / "received" / "reporting_periods.csv").is_file()
    assert Door.of(home).reporting.periods["2024"].closes_on.isoformat() == "2025-06-01"
    assert land_overlay(home).accepted is None
    place_seeds(home, read_reference(home))
    assert seed_folder(home) != SHIPPED.shipped
    assert len(seed_files(home)) == len(SHIPPED.names)


def test_the_whole_overlay_is_refused_and_the_former_one_counts(home):
    put(home, "reporting_periods", CLOSED)
    former = land_overlay(home).accepted
    put(home, "reporting_periods", period("2024", closes_on="2025-08-01"))
    put(home, "reporters", reporter(reports_from="2026-01-01", reports_to="2025-01-01"))
    landed = land_overlay(home)
    assert landed.accepted is None
    assert "reporters.csv: 1 problem\n  row 2: reports_to is before" in landed.refusal.reason
    assert landed.reference.version.version == former.version
    assert landed.reference.rows("reporting_periods")[3]["closes_on"] == "2025-06-01"
    assert read_overlay_refusal(home) == landed.refusal
    put(home, "reporters", reporter(reports_to="2026-06-30"))
    assert read_overlay_refusal(home) is None
    assert land_overlay(home).accepted.changes.keys() == {"reporters", "reporting_periods"}
    assert len(list_versions(home)) == 2


def test_a_file_that_is_gone_takes_nothing_back(home):
    path = put(home, "reporting_periods", CLOSED)
    land_overlay(home)
    path.unlink()
    assert land_overlay(home).accepted is None
    assert read_reference(home).rows("reporting_periods")[3] == CLOSED


def test_what_was_known_at_a_time_can_be_read_later(home):
    before = datetime.now(UTC)
    accept(home, propose_row(home, "reporting_periods", CLOSED), **WHY)
    closed = datetime.now(UTC)
    accept(home, propose_row(home, "reporting_periods", period("2024")), **WHY)

    def closing_day(at):
        return read_reporting(read_reference(home, at)).periods["2024"].closes_on

    assert [closing_day(at) for at in (before, None)] == [None, None]
    assert closing_day(closed).isoformat() == "2025-06-01"
    assert [v.reason for v in list_versions(home)] == [WHY["reason"]] * 2


def test_an_accepted_version_that_was_altered_is_noticed(home):
    accept(home, propose_row(home, "reporting_periods", CLOSED), **WHY)
    path = list_versions(home)[0].paths["reporting_periods"]
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"2025-06-01", b"2025-06-02"))
    with pytest.raises(InputError, match="was altered after it was accepted: restore it"):
        read_reference(home)


def test_an_acceptance_needs_a_role_and_a_reason(home):
    proposal = propose_row(home, "reporting_periods", CLOSED)
    for lacking in ({**WHY, "role": " "}, {**WHY, "reason": ""}):
        with pytest.raises(InputError, match="role and reason must not be empty"):
            accept(home, proposal, **lacking)
    assert list_versions(home) == []


def test_a_whole_call_can_be_laid_over(home):
    for seed, rows in new_call().items():
        put(home, seed, *rows)
    landed = land_overlay(home)
    assert landed.refusal is None
    reporting = read_reporting(landed.reference)
    assert reporting.periods["klyngeprogram_2029_2032"].first_year == 2029


def test_a_row_can_be_taken_back_alone(home):
    put(home, "reporters", reporter(reports_to="2026-06-30"), reporter("navigate_denmark"))
    accept(home, propose(home), **WHY)
    accept(home, propose_without(home, "reporters", {"reporter_id": "made"}), **WHY)
    rows = {r["reporter_id"]: r for r in read_reference(home).rows("reporters")}
    assert rows["made"] == reporter()
    assert "navigate_denmark" in rows
    accept(home, propose_without(home, "reporters", {}), **WHY)
    assert read_reference(home).rows("reporters") == SHIPPED.rows("reporters")
    assert not (home.reference / "reporters.csv").exists()
    assert land_overlay(home).accepted is None
    with pytest.raises(InputError, match="no such row of reporters"):
        propose_without(home, "reporters", {})


def test_a_row_that_a_submission_needs_cannot_be_taken_back(home, tmp_path):
    put(home, "reporters", reporter("navigate_denmark", reports_from="2021-01-01"))
    accept(home, propose(home), **WHY)
    path = staff_file(tmp_path, "full_time_equivalents_2021", {"ufs": "1"}, "navigate_denmark")
    load = receive(Door.of(home), path, reporter="navigate_denmark")
    assert load.state == "loaded"
    with pytest.raises(InputError, match=r"navigate_denmark .*cannot be removed, because load"):
        propose_without(home, "reporters", {})
    later = reporter("navigate_denmark", reports_from="2022-01-01")
    put(home, "reporters", later)
    with pytest.raises(InputError, match="counts, but navigate_denmark would no longer"):
        propose(home)
    ended = reporter("navigate_denmark", reports_from="2021-01-01", reports_to="2021-06-30")
    put(home, "reporters", ended)
    assert land_overlay(home).accepted is not None


def test_an_accepted_version_that_no_longer_fits_the_program_stops_the_night(
    home, tmp_path, monkeypatch
):
    accept(home, propose_row(home, "reporters", reporter("navigate_denmark")), **WHY)
    updated = shutil.copytree(SHIPPED.shipped, tmp_path / "seeds" / "reference")
    with (updated / "reporters.csv").open("a") as file:
        file.write("navigate_denmark,agency,,reported,,,\n")
    monkeypatch.setattr(checkout, "SEEDS", tmp_path / "seeds")
    with pytest.raises(InputError, match="no longer fit the program"):
        land_overlay(home)
    accept(home, propose_without(home, "reporters", {}), **WHY)
    assert land_overlay(home).reference.overlay == {}


def test_a_version_that_was_not_finished_is_cleared_away_and_never_counts(home):
    accept(home, propose_row(home, "reporting_periods", CLOSED), **WHY)
    former = read_reference(home).version
    unfinished = former.folder.with_name(".unfinished-20990101")
    shutil.copytree(former.folder, unfinished)
    assert read_reference(home).version == former
    home.clear_unfinished()
    assert not unfinished.exists()
    assert list_versions(home) == [former]


def test_accepted_rows_get_the_columns_of_an_updated_program(home, tmp_path, monkeypatch):
    put(home, "areas", {"area_id": "new_area", "label_en": "New area"})
    accept(home, propose(home), **WHY)
    updated = shutil.copytree(SHIPPED.shipped, tmp_path / "seeds" / "reference")
    rows = [{"area_id": r["area_id"], "name": r["label_en"]} for r in SHIPPED.rows("areas")]
    (updated / "areas.csv").write_bytes(write_rows(("area_id", "name"), rows))
    monkeypatch.setattr(checkout, "SEEDS", tmp_path / "seeds")
    assert read_reference(home).rows("areas")[-1] == {"area_id": "new_area", "name": ""}
    assert land_overlay(home).refusal is None

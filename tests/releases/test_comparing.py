"""Compare two releases: exactly the figures that differ are found, each with its causes."""

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from klynge import checkout
from klynge.home import Home, read_json, write_json
from klynge.intake.contracts import read_contracts
from klynge.intake.door import Door
from klynge.print.documents import land_documents
from klynge.releases import comparison
from klynge.releases.changes import DOCUMENT, LOAD, MODEL, PROGRAM, REFERENCE
from klynge.releases.comparison import compare
from klynge.releases.inputs import read_release_loads
from klynge.releases.reading import DATABASE, open_release
from klynge.releases.state_changes import DAY, STATE
from klynge.warehouse.compiled_models import MODELS
from tests.conftest import klynge
from tests.releases.variants import by_hand, variant
from tests.submitted import receive, staff_file

#: Several figures are computed from the printed number; another number replaces it.
DOCUMENT_ID, CELL, PRINTED, CHANGED = "dfir_2024", "t2.made.members", "8,0%", "8,1%"
STAFFING, REGISTER = "evaluation.mart_staffing", "organisations.csv"
DOUBLED = (
    "cast(whole.full_time_equivalents as decimal(18, 2))",
    "cast(2 * whole.full_time_equivalents as decimal(18, 2))",
)


@pytest.fixture(scope="module")
def printed(published, tmp_path_factory) -> Home:
    """Copy the home with the release of printed figures, for this module alone."""
    home = Home(tmp_path_factory.mktemp("comparing") / "home")
    shutil.copytree(published.root, home.root, symlinks=True)
    return home


@pytest.fixture(scope="module")
def release(printed):
    return open_release(home=printed)


def replace_in(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{text.count(old)} times in {path}"
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def reprinted(printed, release, tmp_path_factory):
    """Make a release in which one cell of a document has another number."""
    seeds = tmp_path_factory.mktemp("reprinted") / "seeds"
    shutil.copytree(checkout.SEEDS, seeds)
    path = seeds / "documents" / DOCUMENT_ID / "cells.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    [cell] = [row for row in rows if row["cell_id"] == CELL]
    assert cell["printed_text"] == PRINTED
    cell["printed_text"] = CHANGED
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return variant(printed, release, "2a-print", loads=land_documents(printed, seeds))


@pytest.fixture(scope="module")
def reported(printed, release, tmp_path_factory):
    """Make a release that also has a submission of full-time equivalents."""
    hours = {"ufs": "1,5", "deb": "2", "other_income": "4"}
    file = staff_file(tmp_path_factory.mktemp("files"), "full_time_equivalents_2021", hours)
    load = receive(Door.of(printed), file)
    return variant(
        printed, release, "2b-staff", loads=[*read_release_loads(printed, release), load]
    )


def ids(found):
    return {figure.figure_id for figure in found.figures}


def causes_of(found):
    """Return the causes of all figures as (kind, name, alone, rows)."""
    return {
        (cause.change.kind, cause.change.name, cause.alone, tuple(row.name for row in cause.rows))
        for causes in found.causes.values()
        for cause in causes
    }


def known(release):
    """Return the time up to which a release knows loads; later tests may receive more."""
    return release.manifest["created_at"]


def double_the_staff(folder: Path) -> None:
    replace_in(folder / "sql" / "marts" / "evaluation" / "mart_staffing.sql", *DOUBLED)


def rename_made(folder: Path) -> None:
    replace_in(folder / "reference" / REGISTER, "Manufacturing Academy of Denmark", "An academy")


def test_a_printed_number_that_changes_is_the_cause_of_what_rests_on_it(
    printed, release, reprinted
):
    found = compare(printed, release, reprinted)
    assert ids(found) == by_hand(release, reprinted) != set()
    assert len(found.figures) == len(ids(found))
    [change] = found.changes
    assert (change.kind, change.name, change.description) == (DOCUMENT, DOCUMENT_ID, "cells.csv")
    [row] = change.rows
    assert row.name == f"{DOCUMENT_ID}#{CELL}"
    assert row.difference.values == {"printed_text": (PRINTED, CHANGED)}
    assert causes_of(found) == {(DOCUMENT, DOCUMENT_ID, True, (row.name,))}


REPORTING = "evaluation.mart_reporting"


@pytest.mark.slow
def test_a_due_date_that_passes_is_the_cause_of_what_is_missing(printed, release):
    """The day of the variant is before the due dates of 2025."""

    def be_early(folder):
        path = folder / "manifest.json"
        write_json(path, read_json(path) | {"day": "2026-02-28"})

    early = variant(printed, release, "2j-early", edit=be_early)
    found = compare(printed, early, release)
    assert ids(found) == by_hand(early, release) != set()
    assert {figure.mart for figure in found.figures} == {REPORTING}
    [change] = found.changes
    assert (change.kind, change.name) == (DAY, f"2026-02-28 → {release.manifest['day']}")
    assert {cause[:3] for cause in causes_of(found)} == {(DAY, change.name, True)}


@pytest.mark.slow
def test_a_changed_model_is_the_cause_of_what_it_says(printed, reported):
    after = variant(printed, reported, "2c-staff-doubled", edit=double_the_staff)
    found = compare(printed, reported, after)
    assert ids(found) == by_hand(reported, after)
    assert {(f.mart, f.column) for f in found.figures} == {(STAFFING, "full_time_equivalents")}
    assert {(f.before, f.after) for f in found.figures} == {
        ("1.50", "3.00"),
        ("2.00", "4.00"),
        ("4.00", "8.00"),
    }
    assert causes_of(found) == {(MODEL, STAFFING, True, ())}


@pytest.mark.slow
def test_inputs_and_models_are_told_apart(printed, reported, tmp_path):
    """Two rows, a seed and a model change, and each change has a different effect."""
    hours = {"ufs": "2,5", "deb": "2", "other_income": "5"}
    file = staff_file(tmp_path, "full_time_equivalents_2021_c1", hours)
    loads = [*read_release_loads(printed, reported)[:-1], receive(Door.of(printed), file)]

    def edit(folder):
        double_the_staff(folder)
        rename_made(folder)

    after = variant(printed, reported, "2e-all", edit=edit, loads=loads)
    found = compare(printed, reported, after)
    assert found.mixed is None
    assert ids(found) == by_hand(reported, after)
    kinds = {change.kind: change for change in found.changes}
    assert kinds.keys() == {LOAD, REFERENCE, MODEL}
    assert kinds[LOAD].counts == {"changed": 2}
    assert kinds[REFERENCE].counts == {"changed": 1}
    rows = {row.difference.key["staff_funder"]: row.name for row in kinds[LOAD].rows}
    both = tuple(rows.values())
    said = {
        (figure.key["organisation_id"], figure.key["staff_funder"], figure.column): [
            (cause.change.kind, cause.alone, tuple(row.name for row in cause.rows))
            for cause in found.causes[figure.figure_id]
        ]
        for figure in found.figures
        if figure.mart == STAFFING
    }
    for organisation in ("reported_so_far", "made"):
        assert said[organisation, "ufs", "full_time_equivalents"] == [
            (LOAD, True, (rows["ufs"],)),
            (MODEL, True, ()),
        ]
        assert said[organisation, "deb", "full_time_equivalents"] == [(MODEL, True, ())]
        # every row is part of the whole, so a change of one row changes the share of each row
        assert said[organisation, "deb", "share_percent"] == [(LOAD, True, both)]
    assert said["made", "deb", "organisation_name"] == [
        (REFERENCE, True, (kinds[REFERENCE].rows[0].name,))
    ]


@pytest.mark.slow
def test_of_very_many_changes_those_of_one_kind_are_tried_at_once(
    printed, release, reprinted, monkeypatch
):
    monkeypatch.setattr(comparison, "TRIED_CHANGES", 1)

    def edit(folder):
        rename_made(folder)
        replace_in(folder / "reference" / "areas.csv", "Energy technology", "Energy")

    after = variant(printed, reprinted, "2f-many", edit=edit)
    found = compare(printed, release, after)
    assert ids(found) == by_hand(release, after)
    assert causes_of(found) == {
        (DOCUMENT, DOCUMENT_ID, True, (f"{DOCUMENT_ID}#{CELL}",)),
        (REFERENCE, "areas.csv", False, ()),
        (REFERENCE, REGISTER, False, ()),
    }


@pytest.mark.slow
def test_a_mart_that_comes_and_one_that_goes(printed, release):
    def edit(folder):
        said = read_json(folder / "sql" / MODELS)
        [mart] = [m for m in said["models"] if m["table"] == "mart_claims"]
        mart["table"] = "mart_assertions"
        write_json(folder / "sql" / MODELS, said)

    after = variant(printed, release, "2g-renamed", edit=edit)
    found = compare(printed, release, after)
    assert {(figure.mart, figure.kind) for figure in found.figures} == {
        ("audit.mart_claims", "withdrawn"),
        ("audit.mart_assertions", "added"),
    }
    for figure in found.figures:
        [cause] = found.causes[figure.figure_id]
        assert (cause.change.name, cause.alone) == (figure.mart, True)


@pytest.mark.slow
def test_models_that_cannot_run_on_the_other_inputs_are_said_to_be_mixed_up(printed, release):
    def edit(folder):
        replace_in(folder / "reference" / "areas.csv", "area_id,label_en", "area_id,name_en")
        replace_in(folder / "reference" / "areas.csv", "Energy technology", "Energy")
        path = folder / "sql" / "staging" / "stg_areas.sql"
        replace_in(path, "cast(label_en as varchar)", "cast(name_en as varchar) || '.'")
        rename_made(folder)

    after = variant(printed, release, "2h-mixed", edit=edit, known=known(release))
    found = compare(printed, release, after)
    assert ids(found) == by_hand(release, after) != set()
    assert "label_en" in found.mixed
    assert {alone for _, _, alone, _ in causes_of(found)} == {False}
    for figure in found.figures:
        # only the star's table of areas shows the name of an area
        names = {"areas.csv", "staging.stg_areas"} if figure.mart == "bi.area" else {REGISTER}
        causes = found.causes[figure.figure_id]
        assert {cause.change.name for cause in causes} == names, figure
    assert {change.name for change in found.changes} == {
        REGISTER,
        "areas.csv",
        "staging.stg_areas",
    }


@pytest.mark.slow
def test_the_same_inputs_and_models_leave_the_program(printed, release):
    touch = "update evaluation.mart_funding_mix set amount_kr = amount_kr + 1"
    after = variant(printed, release, "2i-touched", touch=touch, known=known(release))
    found = compare(printed, release, after)
    assert {figure.column for figure in found.figures} == {"amount_kr"}
    [change] = found.changes
    assert change.kind == PROGRAM


def test_the_same_release_twice_has_no_difference(printed, release):
    found = compare(printed, release, release)
    assert (found.figures, found.changes, found.altered) == ([], [], [])


def test_a_raw_zone_that_was_altered_since_is_named(printed, release, tmp_path):
    home = Home(tmp_path / "home")
    shutil.copytree(printed.root, home.root, symlinks=True)
    next(home.raw.glob("published_claims/*/data.parquet")).unlink()
    again = open_release(release.release_id, home)
    [line] = compare(home, again, again).altered
    assert "published_claims" in line
    assert "its rows are missing" in line


@pytest.mark.slow
def test_the_command_says_it_in_three_ways(printed, release, reported):
    ask = ("releases", "diff", release.release_id, reported.release_id)
    text = klynge(printed, *ask)
    assert text.returncode == 0, text.stderr
    assert "submission full_time_equivalents of made, 2021" in text.stdout
    assert "3 rows added" in text.stdout
    said = json.loads(klynge(printed, *ask, "--format", "json").stdout)
    lines = list(csv.DictReader(klynge(printed, *ask, "--format", "csv").stdout.splitlines()))
    assert len(said["figures"]) == len(lines) == len(by_hand(release, reported))
    assert f"{len(lines):,} figures differ" in text.stdout
    assert {line["causes"] for line in lines} == {"load full_time_equivalents of made, 2021"}
    assert said["changes"][0]["counts"] == {"added": 3}
    hours = {
        figure["key"]["staff_funder"]: figure["after"]
        for figure in said["figures"]
        if figure["mart"] == STAFFING
        and figure["column"] == "full_time_equivalents"
        and figure["key"]["organisation_id"] == "made"
    }
    assert hours == {"ufs": "1.50", "deb": "2.00", "other_income": "4.00"}
    unknown = klynge(printed, "releases", "diff", "1999", release.release_id)
    assert (unknown.returncode, "no release '1999'" in unknown.stderr) == (2, True)


@pytest.mark.slow
def test_a_release_whose_database_is_gone_is_compared_all_the_same(
    printed, release, reprinted, tmp_path
):
    whole = compare(printed, release, reprinted)
    (reprinted.path / DATABASE).rename(tmp_path / DATABASE)
    again = compare(printed, release, reprinted)
    (tmp_path / DATABASE).rename(reprinted.path / DATABASE)
    assert (again.figures, again.causes) == (whole.figures, whole.causes)


def test_every_contract_has_a_key_to_compare_its_rows_by():
    assert all(contract.key for contract in read_contracts(checkout.CONTRACTS).values())


@pytest.mark.slow
def test_a_load_that_is_held_is_the_cause_of_what_is_shown_as_held(printed, release, tmp_path):
    """The held rows count in neither release.

    This test must be the last one, because the home keeps the load.
    """
    without = variant(printed, release, "2l-without")
    door = replace(Door.of(printed), judge=lambda *_: ["too many rows"])
    load = receive(door, staff_file(tmp_path, "full_time_equivalents_2024", {"ufs": "1"}))
    held = variant(printed, release, "2m-held")
    found = compare(printed, without, held)
    assert ids(found) == by_hand(without, held) != set()
    [change] = found.changes
    assert (change.kind, change.name) == (STATE, "full_time_equivalents of made, 2024")
    assert change.description == f"load {load.load_id} is held"
    assert causes_of(found) == {(STATE, change.name, True, ())}

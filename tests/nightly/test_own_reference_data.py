"""Test nightly runs of a home with its own reference data."""

from datetime import UTC, datetime

import pytest

from klynge.overlay.acceptance import land_overlay
from klynge.reference.seeds import place_seeds, seed_folder
from klynge.releases.reading import open_release
from klynge.releases.rebuilding import rebuild
from orchestration.dbt import project
from tests.conftest import klynge
from tests.nightly.test_submissions import copy_of, hashes, nightly, submitted
from tests.reference.overlays import SHIPPED, new_call, period, put, reporter, row
from tests.submitted import at_rest, staff_file

CALL = "klyngeprogram_2029_2032"
APPLICANTS = {"new_cluster": "new_area", "clean": "environmental_technology"}
GRANTS = ("cluster_2029", "innovation_2029")


def lay_over(home):
    """Give the home a new call, a new reporter, and a closed period."""
    call = new_call()
    for seed, rows in call.items():
        put(home, seed, *rows)
    closed = period("2024", closes_on="2026-06-30", note='"udsat", jf. §3; æøå')
    put(home, "reporting_periods", *call["reporting_periods"], closed)
    new_reporter = reporter("new_cluster", reports_from="2026-01-01")
    put(home, "reporters", new_reporter, reporter(reports_to="2026-06-30"))
    name = {"name": "Ny Klynge", "kind": "cluster_organisation"}
    put(home, "organisations", row("organisations", organisation_id="new_cluster", **name))
    spelling = {"organisation_id": "new_cluster", "alias": "Den nye klynge"}
    put(home, "organisation_aliases", row("organisation_aliases", **spelling))
    put(home, "areas", row("areas", area_id="new_area", label_en="New area"))
    designation = {"area_id": "new_area", "call_id": CALL, "organisation_id": "new_cluster"}
    held = row("area_designations", **designation, name_da="Nyt", outcome="designated")
    put(home, "area_designations", held)
    division = {"industry_division": "01", "industry_code_version": "DB25"}
    put(home, "industries", row("industries", **division, label_da="Landbrug", label_en="Farming"))
    put(home, "funders", row("funders", funder_id="new_fund", kind="private_foundation"))
    excused = {"dataset": "memberships", "reporter_id": "new_cluster", "period_id": "2026"}
    put(home, "due_submissions", row("due_submissions", **excused, is_expected="false"))


def apply(home):
    """Send the agency's files of applications and scores for the new call."""
    send(
        home,
        "applications",
        "organisation_id;grant_type;area_id;applied_amount_kr",
        [f"{o};{g};{area};50000000" for o, area in APPLICANTS.items() for g in GRANTS],
    )
    send(
        home,
        "criterion_scores",
        "organisation_id;grant_type;criterion_id;assessor_id;score",
        [f"{o};{g};{g}_{code};a1;8" for o in APPLICANTS for g in GRANTS for code in ("a1", "b1")],
    )


def send(home, dataset, header, lines):
    """Put a file of the new call into the agency's folder in the inbox."""
    path = home.inbox / "ufs" / f"{dataset}_{CALL}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    at_rest(path)


def test_the_project_is_parsed_with_the_shipped_seeds(home, monkeypatch):
    """An update of the program may add a seed that the seeds of an earlier run do not have."""
    put(home, "reporters", reporter(reports_to="2026-06-30"))
    place_seeds(home, land_overlay(home).reference)
    assert seed_folder(home) != SHIPPED.shipped
    seen = []

    def invoke(_home, *_arguments, target, seeds):
        target.mkdir(parents=True)
        (target / "manifest.json").write_text("{}")
        (target / "partial_parse.msgpack").write_text("the parse")
        seen.append(seeds)

    monkeypatch.setattr(project, "invoke", invoke)
    project.parse(home)
    assert seen == [SHIPPED.shipped]
    # the build finds the parse in its own folder, so dbt does not parse once more
    assert (project.artifacts(home) / "partial_parse.msgpack").read_text() == "the parse"


@pytest.mark.slow
def test_own_reference_data_are_built_refused_rebuilt_and_known_as_of_a_time(published, tmp_path):
    home = copy_of(published, tmp_path / "home")
    then = datetime.now(UTC).isoformat()
    lay_over(home)
    apply(home)
    name = "full_time_equivalents_2026"
    staff_file(home.inbox / "new_cluster", name, {"ufs": "1"}, "new_cluster")

    built, said = nightly(home)
    assert "reference data: accepted version 20" in said
    assert "inbox: 3 files loaded, 0 held, 0 refused" in said
    assert built.manifest["inputs"]["overlay"]["role"] == "door"
    assert len(submitted(built)) == 3
    awards = built.query(
        "select distinct organisation_id from allocation.mart_allocation"
        f" where call_id = '{CALL}' and basis = 'reported' order by all"
    )
    assert awards["organisation_id"].to_list() == ["clean", "new_cluster"]

    put(home, "reporters", reporter(reports_from="2027-01-01", reports_to="2026-01-01"))
    again, said = nightly(home)
    assert "the files in reference/ are refused, so those accepted at 20" in said
    assert hashes(again) == hashes(built)
    status = klynge(home, "status")
    assert status.returncode == 1
    assert "reporters.csv: 1 problem" in status.stdout
    # `rebuild` raises an error if the rebuilt database has other content hashes than the release
    rebuild(home, built, tmp_path / "rebuilt.duckdb")

    earlier, _ = nightly(home, "--as-of", then)
    assert hashes(earlier) == hashes(open_release(home=published))
    assert earlier.manifest["inputs"]["overlay"] is None

"""A nightly run after faulty rows, a withdrawal or an erasure publishes and names the losses."""

import shutil

import pytest

from klynge.home import Home
from klynge.raw_zone import Load, read_ledger
from klynge.releases.reading import open_release
from tests.conftest import klynge
from tests.submitted import at_rest, staff_file

CALL = "klyngeprogram_2025_2028"
WHY = ("--role", "secretariat", "--reason", "the board decided so")
FILES = {
    "applications": [
        "organisation_id;grant_type;area_id;applied_amount_kr",
        "am_hub;cluster;advanced_production;100,00",
        "clean;cluster;environmental_technology;300000000,00",
    ],
    # the amount is above the pot of 200 million kroner
    "decisions": [
        "organisation_id;grant_type;outcome;recommended_amount_kr;decided_on;reason",
        "clean;cluster;recommended;200000000,01;2025-06-02;",
    ],
    # the criterion belongs to the other grant
    "criterion_scores": [
        "organisation_id;grant_type;criterion_id;assessor_id;score",
        "am_hub;cluster;innovation_2025_a1;B1;6,30",
    ],
}


def nightly(home: Home):
    done = klynge(home, "nightly")
    assert done.returncode == 0, done.stdout + done.stderr
    return open_release(home=home), done.stdout


def staff_rows(release) -> int:
    return release.query("select count(*) as n from core.fct_full_time_equivalents")["n"].sum()


def reported(home: Home, dataset: str) -> list[Load]:
    return [load for load in read_ledger(home) if load.dataset == dataset]


@pytest.mark.slow
def test_a_year_with_faults_a_withdrawal_and_an_erasure_is_published(published, tmp_path):
    home = Home(shutil.copytree(published.root, tmp_path / "home", symlinks=True))
    for dataset, lines in FILES.items():
        path = home.inbox / "erst" / f"{dataset}_{CALL}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
        at_rest(path)
    for year in ("2021", "2022"):
        staff_file(home.inbox / "made", f"full_time_equivalents_{year}", {"ufs": f"{year[3]},5"})

    first, said = nightly(home)
    [decisions], [scores] = reported(home, "decisions"), reported(home, "criterion_scores")
    aside = {decisions.load_id, scores.load_id}
    assert first.manifest["set_aside"].keys() == aside
    assert "decisions_stay_within_the_pot" in said
    assert "criteria_are_those_of_the_grant" in said
    assert (decisions.state, scores.state) == ("set_aside", "set_aside")
    assert staff_rows(first) == 2
    assert first.submitted.isdisjoint(aside)

    done = klynge(home, "loads", "accept", decisions.load_id, *WHY)
    assert done.returncode == 0, done.stderr
    staff, other = reported(home, "full_time_equivalents")
    assert klynge(home, "loads", "withdraw", staff.load_id, *WHY).returncode == 0
    second, said = nightly(home)
    assert second.manifest["set_aside"].keys() == {scores.load_id}
    assert decisions.load_id in second.submitted
    [loss] = second.manifest["losses"]
    assert (loss["load_id"], loss["kind"], loss["role"]) == (
        staff.load_id,
        "withdrawn",
        "secretariat",
    )
    assert staff_rows(second) == 1
    results = klynge(home, "quality").stdout
    assert f"load {staff.load_id} (made full_time_equivalents" in results
    assert "accepted by secretariat: the board decided so" in results

    done = klynge(home, "erase", other.load_id, *WHY)
    assert done.returncode == 0, done.stderr
    restated = open_release(home=home)
    assert restated.manifest["restates"]["release_id"] == second.release_id
    assert staff_rows(restated) == 0
    third, _ = nightly(home)
    assert staff_rows(third) == 0
    assert third.manifest["gate"]["passed"]

"""Each check of the gate fires on the fault it is for, and none on the real release."""

import pkgutil
import shutil

import duckdb
import pytest

from expectations import suites
from expectations.gate import gate_checks, gate_suites, require_passed
from expectations.runner import run
from expectations.sources import with_sources
from klynge.errors import GateRefusedError
from klynge.landing.raw_zone import read_ledger
from klynge.releases.reading import DATABASE, current_rows

FIGURES = "core.fct_published_figures"
ACCOUNTS = "core.fct_performance_accounts"
FUNDING = "core.fct_funding_sources"
MIX = "evaluation.mart_funding_mix"
COVERAGE = "evaluation.mart_participation_coverage"
OVERVIEW = "evaluation.mart_cluster_overview"
ATTENDANCE = "evaluation.mart_activity_attendance"
APPLICATIONS = "core.fct_applications"
RECONCILIATION = "audit.mart_figure_reconciliation"
CLAIMS = "audit.mart_claims"

SHRINKING = {
    table: f"{table.split('.')[1]}_has_not_shrunk"
    for table in (
        FIGURES,
        ACCOUNTS,
        FUNDING,
        APPLICATIONS,
        ATTENDANCE,
        OVERVIEW,
        MIX,
        "evaluation.mart_participant_profile",
        COVERAGE,
        "evaluation.mart_performance_development",
    )
}

#: A planted fault and the checks that fire on it: the one it is for first, then consequences.
FAULTS = [
    (f"update {FIGURES} set basis = 'guessed' where rowid = 0", ["figures_have_a_known_basis"]),
    (
        f"update {FIGURES} set value = value + 1 where repeats_figure_id is not null",
        ["repeated_figures_say_the_same"],
    ),
    (
        f"update {FIGURES} set value = 43 where figure_id ="
        f" (select change_figure_id from {ACCOUNTS}"
        " where indicator_id = 'total_financing' and breakdown = 'eu' and year = 2018)",
        ["account_change_agrees_with_levels", "repeated_figures_say_the_same"],
    ),
    (
        f"update {ACCOUNTS} set recomputed_average_per_cluster = 2 * recomputed_average_per_cluster"
        " where indicator_id = 'participating_companies' and year = 2015",
        ["account_average_agrees_with_level"],
    ),
    (
        f"update {FIGURES} set value = 99 where figure_id = (select average_change_figure_id"
        f" from {ACCOUNTS} where indicator_id = 'newsletters' and year = 2018)",
        ["account_average_change_agrees_with_averages"],
    ),
    (
        f"update {ACCOUNTS} set value = value + 10"
        " where indicator_id = 'total_financing' and breakdown = 'state' and year = 2016",
        ["account_parts_add_up"],
    ),
    (
        f"update {MIX} set share_percent = 40"
        " where organisation_id = 'clean' and funding_source = 'eu'",
        ["funding_shares_add_up"],
    ),
    (
        f"update {MIX} set printed_total_kr = 500000000 where period_id = '2018'",
        ["funding_sources_give_printed_total"],
    ),
    (
        f"update {FUNDING} set amount_kr = amount_kr + 1000000"
        " where funding_source = 'municipalities' and period_id = '2018'",
        ["funding_parts_give_their_source"],
    ),
    (
        f"update {FUNDING} set amount_kr = amount_kr + 9000000"
        " where organisation_id = 'made' and funding_source = 'public'",
        ["nation_is_sum_of_organisations"],
    ),
    (
        f"update {COVERAGE} set printed_coverage_percent = 3.71"
        " where organisation_id = 'vision_denmark'",
        ["coverage_follows_from_counts"],
    ),
    (
        "update evaluation.mart_participant_profile set companies = companies + 1"
        " where organisation_id = 'made' and participation = 'participating'",
        ["coverage_and_profile_count_alike"],
    ),
    (
        f"update {OVERVIEW} set share_percent = 14.9"
        " where organisation_id = 'energy_cluster_denmark' and indicator_id = 'activities'",
        ["overview_shares_add_up"],
    ),
    (
        f"update {OVERVIEW} set share_percent = 1 where indicator_id = 'members'",
        ["overview_overlapping_shares_exceed_whole"],
    ),
    (
        f"update {ATTENDANCE} set average_participants = 0 where organisation_id = 'made'",
        ["attendance_is_plausible"],
    ),
    (
        f"update {APPLICATIONS} set recommended_amount_kr = applied_amount_kr + 1"
        " where organisation_id = 'censec'",
        ["recommended_within_applied"],
    ),
    (
        f"update {APPLICATIONS} set recommended_amount_kr = recommended_amount_kr - 9000000"
        " where organisation_id = 'clean'",
        ["recommended_amounts_spend_the_pot"],
    ),
    (
        f"update {APPLICATIONS} set applied_amount_kr = applied_amount_kr + 1000000"
        " where organisation_id = 'made' and grant_type_id = 'cluster'",
        ["grants_give_amount_applied_for"],
    ),
    (
        "update core.dim_criterion set weight_denominator = 5"
        " where criterion_id = 'cluster_2025_b1'",
        ["criterion_weights_give_the_whole"],
    ),
    (
        "update core.fct_designations set outcome = 'recommended' where organisation_id = 'made'",
        ["one_cluster_per_area"],
    ),
    (
        "update core.dim_certification set level = 'gold' where organisation_id = 'mtic'",
        ["certificates_match_printed_counts"],
    ),
    (
        "update core.dim_requirement set value = 6.6"
        " where requirement_id = 'klyngeprogram_minimum_average'",
        ["reference_numbers_stand_in_print"],
    ),
    (
        f"update {RECONCILIATION} set verdict = 'contradicts'"
        " where rule_id = 'financing_per_employee' and period_id = '2015'",
        ["every_contradiction_is_explained"],
    ),
    (
        f"update {CLAIMS} set verdict = 'contradicted'"
        " where claim_id = 'programme_cover_2025#l35.frame_is_the_two_pots'",
        ["every_contradicted_claim_is_explained"],
    ),
    (
        f"update {RECONCILIATION} set reason = null where table_id = 'table_6'",
        ["what_cannot_be_checked_says_why"],
    ),
    (
        f"update {CLAIMS} set verdict = 'not_checkable'"
        " where claim_id = 'programme_cover_2025#l35.frame_is_the_two_pots'",
        ["every_claim_is_evaluated"],
    ),
]


@pytest.fixture
def build(published, tmp_path):
    """A writable copy of the real release's database."""
    copy = tmp_path / DATABASE
    shutil.copy(published.releases / "current" / DATABASE, copy)
    copy.chmod(0o644)
    return copy


def former_rows(home):
    return current_rows(home, read_ledger(home))


def test_nothing_is_compared_with_a_release_of_other_documents(published):
    without_one = [x for x in read_ledger(published) if x.about["document_id"] != "dfir_2024"]
    assert current_rows(published, read_ledger(published)) != {}
    assert current_rows(published, without_one) == {}


def fired(results):
    return sorted(result.check_id for result in results if not result.passed)


def test_the_real_release_passes(build, published):
    results = run(build, gate_checks(former_rows(published)))
    assert fired(results) == []
    require_passed(results)


@pytest.mark.parametrize(("fault", "fires"), FAULTS, ids=[fires[0] for _, fires in FAULTS])
def test_a_planted_fault_fires_its_check(build, fault, fires):
    with duckdb.connect(build) as connection:
        [(changed,)] = connection.execute(fault).fetchall()
    assert changed > 0, "the fault found nothing to spoil"
    results = run(build, gate_checks())
    assert [r.error for r in results if r.error] == []
    assert fired(results) == sorted(fires)


@pytest.mark.parametrize(("table", "check_id"), SHRINKING.items())
def test_a_table_that_shrinks_fires_its_check(build, published, table, check_id):
    with duckdb.connect(build) as connection:
        connection.execute(f"delete from {table} where rowid % 2 = 0")
    results = run(build, gate_checks(former_rows(published)))
    assert check_id in fired(results)
    assert all(f == check_id or "has_not_shrunk" not in f for f in fired(results))


def test_every_check_has_a_planted_fault():
    planted = {fires[0] for _, fires in FAULTS} | set(SHRINKING.values())
    assert {check.check_id for check in gate_checks()} == planted


def test_every_module_of_suites_is_a_suite_of_the_gate():
    assert {module.name for module in pkgutil.iter_modules(suites.__path__)} == set(gate_suites())


def test_a_refusal_shows_the_failing_rows_and_their_source(build):
    with duckdb.connect(build) as connection:
        connection.execute(
            f"update {APPLICATIONS} set recommended_amount_kr = 99300000 + 1"
            " where organisation_id = 'energy_cluster_denmark'"
        )
    with pytest.raises(GateRefusedError) as refusal:
        require_passed(with_sources(run(build, gate_checks()), build))
    message = str(refusal.value)
    assert "1 check(s) failed, nothing was published" in message
    assert "organisation_id: energy_cluster_denmark" in message
    assert "source_row_key: programme_cover_2025#" in message
    assert "source: 001_6d57289692c27818.txt line 130: 99,3" in message

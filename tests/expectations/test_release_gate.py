"""Each check of the gate fails for its planted fault, and no check fails for the real release."""

import pkgutil
import re
import shutil

import duckdb
import pytest

from expectations import gate, rules, suites
from expectations.declaration import check_id
from expectations.gate import (
    compare_with_current,
    gate_suites,
    require_passed,
    require_sound_history,
    run_gate,
)
from expectations.results import describe
from expectations.sources import with_sources
from expectations.suites import row_counts
from klynge.errors import GateRefusedError
from klynge.home import read_json
from klynge.metrics.declarations import METRICS, read_catalogue
from klynge.raw_zone import read_ledger
from klynge.releases.reading import DATABASE, open_release
from tests.expectations.rebuilding import change_print

FIGURES = "core.fct_published_figures"
ACCOUNTS = "core.fct_performance_accounts"
FUNDING = "core.fct_funding_sources"
MIX = "evaluation.mart_funding_mix"
ACCOUNTS_FUNDING = "evaluation.mart_accounts_funding"
COVERAGE = "evaluation.mart_participation_coverage"
DEVELOPMENT = "evaluation.mart_performance_development"
OVERVIEW = "evaluation.mart_cluster_overview"
ATTENDANCE = "evaluation.mart_activity_attendance"
APPLICATIONS = "core.fct_applications"
DECISIONS = "core.fct_decisions"
RECONCILIATION = "audit.mart_figure_reconciliation"
CLAIMS = "audit.mart_claims"
CALL_PRINT = "audit.mart_call_print"
SCORES = "scores.mart_application_scores"
COMPARISON = "scores.mart_score_comparison"
AWARDS = "allocation.mart_awards"
EXPECTED = "allocation.mart_expected_results"
LINEAGE = "audit.mart_column_lineage"

SHRINKING = {
    table: f"{table.split('.')[1]}_has_not_shrunk"
    for table in (
        FIGURES,
        ACCOUNTS,
        FUNDING,
        APPLICATIONS,
        DECISIONS,
        ATTENDANCE,
        OVERVIEW,
        ACCOUNTS_FUNDING,
        MIX,
        "evaluation.mart_participant_profile",
        COVERAGE,
        DEVELOPMENT,
        RECONCILIATION,
        CLAIMS,
        CALL_PRINT,
        SCORES,
        COMPARISON,
        EXPECTED,
    )
}

#: (SQL that plants a fault, the checks that fail). The check for this fault comes first, then the
#: checks that fail as a consequence.
FAULTS = [
    (
        "update bi.fact_funding set completeness_id = null"
        " where organisation_id = 'made' and funding_source_id = 'eu'",
        ["sums_are_the_same_over_each_dimension", "sums_are_the_metrics"],
    ),
    (
        "update bi.fact_pots set completeness_id = null where grant_type_id = 'cluster'",
        ["sums_are_the_metrics", "sums_are_the_same_over_each_dimension"],
    ),
    (
        "update bi.fact_funding set amount_kr = amount_kr + 1"
        " where organisation_id = 'not_distributed' and funding_source_id = 'other'",
        ["sums_are_the_printed_totals"],
    ),
    (
        "delete from bi.fact_applications where organisation_id = 'clean'",
        ["sums_are_the_printed_totals"],
    ),
    (
        "update bi.fact_pots set basis_id = 'sample' where grant_type_id = 'cluster'",
        ["each_period_has_one_basis", "sums_are_the_printed_totals"],
    ),
    (
        "update bi.fact_accounts_funding set period_id = '2017-2018'"
        " where period_id = '2018' and funding_source_id = 'eu'",
        ["no_year_counts_twice", "sums_are_the_printed_totals"],
    ),
    (f"update {FIGURES} set basis = 'guessed' where rowid = 0", ["figures_have_a_known_basis"]),
    (
        f"update {FIGURES} set value = value + 1 where repeats_figure_id is not null",
        ["repeated_figures_say_the_same"],
    ),
    (
        f"update {FIGURES} set value = 43 where figure_id ="
        f" (select change_figure_id from {ACCOUNTS}"
        " where indicator_id = 'total_financing' and breakdown = 'eu' and year = 2018)",
        ["figures_are_shown_as_printed", "repeated_figures_say_the_same"],
    ),
    (
        f"update {ACCOUNTS} set value = value + 10"
        " where indicator_id = 'total_financing' and breakdown = 'state' and year = 2016",
        ["figures_are_shown_as_printed"],
    ),
    (
        f"update {FUNDING} set amount_kr = amount_kr + 9000000"
        " where organisation_id = 'made' and funding_source = 'public'",
        ["figures_are_shown_as_printed"],
    ),
    (
        f"update {COVERAGE} set printed_coverage_percent = 3.71"
        " where organisation_id = 'vision_denmark'",
        ["figures_are_shown_as_printed"],
    ),
    (
        "update evaluation.mart_participant_profile set companies = companies + 1"
        " where organisation_id = 'made' and participation = 'participating'",
        ["figures_are_shown_as_printed"],
    ),
    (
        f"update {OVERVIEW} set share_percent = 14.9"
        " where organisation_id = 'energy_cluster_denmark' and indicator_id = 'activities'",
        ["figures_are_shown_as_printed"],
    ),
    (
        f"update {APPLICATIONS} set applied_amount_kr = applied_amount_kr + 1000000"
        " where organisation_id = 'made' and grant_type_id = 'cluster'",
        ["figures_are_shown_as_printed"],
    ),
    (
        f"delete from {MIX} where organisation_id = 'made' and funding_source = 'eu'",
        ["no_printed_figure_is_left_out", "funding_shares_add_up"],
    ),
    (
        f"delete from {ACCOUNTS}"
        " where indicator_id = 'total_financing' and breakdown = 'state' and year = 2016",
        ["no_printed_figure_is_left_out"],
    ),
    (
        f"update {ACCOUNTS} set recomputed_average_per_cluster = 2 * recomputed_average_per_cluster"
        " where indicator_id = 'participating_companies' and year = 2015",
        ["results_are_those_of_the_audit"],
    ),
    (
        f"update {DEVELOPMENT} set change = change + 0.1"
        " where indicator_id = 'newsletters' and year = 2018",
        ["results_are_those_of_the_audit"],
    ),
    (
        f"update {COVERAGE} set coverage_percent = participants_per_100_others"
        " where organisation_id = 'vision_denmark'",
        ["results_are_those_of_the_audit"],
    ),
    (
        f"delete from {RECONCILIATION} where rule_id = 'coverage'",
        ["results_are_those_of_the_audit"],
    ),
    (
        f"update {MIX} set share_percent = 40"
        " where organisation_id = 'clean' and funding_source = 'eu'",
        ["funding_shares_add_up"],
    ),
    (
        f"update {ACCOUNTS_FUNDING} set printed_total_kr = 500000000 where period_id = '2018'",
        ["funding_totals_are_those_of_the_audit"],
    ),
    (
        f"update {ACCOUNTS_FUNDING} set sum_of_sources_kr = sum_of_sources_kr + 10000"
        " where period_id = '2016'",
        ["funding_totals_are_those_of_the_audit"],
    ),
    (
        f"update {OVERVIEW} set share_percent = 1 where indicator_id = 'members'",
        ["overview_overlapping_shares_exceed_whole", "figures_are_shown_as_printed"],
    ),
    (
        f"update {ATTENDANCE} set average_participants = 0 where organisation_id = 'made'",
        ["attendance_is_plausible", "figures_are_shown_as_printed"],
    ),
    (
        f"update {DECISIONS} set recommended_amount_kr = 44100001 where organisation_id = 'censec'",
        ["recommended_within_applied", "figures_are_shown_as_printed"],
    ),
    (
        f"update {DECISIONS} set recommended_amount_kr = recommended_amount_kr - 9000000"
        " where organisation_id = 'clean'",
        ["recommended_amounts_spend_the_pot", "figures_are_shown_as_printed"],
    ),
    (
        f"insert into {DECISIONS} by name select 'klyngeprogram_2025_2028' as call_id,"
        " 'clean' as organisation_id, 'cluster' as grant_type_id, 'recommended' as outcome,"
        " 200000000.01 as recommended_amount_kr, 'reported' as basis",
        ["decisions_stay_within_the_pot"],
    ),
    (
        # show the amount for both grants as if it were the amount of one grant
        f"update {AWARDS} set grant_type_id = 'cluster'",
        ["awards_stay_within_the_pots"],
    ),
    (
        f"insert into {AWARDS} by name select * replace ('innovation' as grant_type_id)"
        f" from {AWARDS} where organisation_id = 'clean'",
        ["awards_stay_within_the_pots"],
    ),
    (
        "insert into core.fct_criterion_scores by name select"
        " 'klyngeprogram_2025_2028' as call_id, 'made' as organisation_id,"
        " 'cluster' as grant_type_id, 'innovation_2025_a1' as criterion_id, 7 as score,"
        " 'reported' as basis",
        ["criteria_are_those_of_the_grant"],
    ),
    (
        # 7.67 differs from the exact mean by slightly more than half a hundredth
        f"update {SCORES} set score_origin = 'criteria', score_numerator = 919399,"
        " score_denominator = 120000 where organisation_id = 'made' and grant_type_id = 'cluster'",
        ["scores_are_rounded_once"],
    ),
    (
        f"update {SCORES} set lowest_criterion_score = 4.99"
        " where organisation_id = 'am_hub' and grant_type_id = 'cluster'",
        ["selected_applications_meet_the_minimum"],
    ),
    (
        f"update {SCORES} set decided_outcome = 'recommended', agrees_with_decision = false"
        " where organisation_id = 'made'",
        ["outcomes_are_those_decided"],
    ),
    (
        f"update {COMPARISON} set weighted_difference = 0"
        " where kind = 'criterion' and grant_type_id = 'cluster'",
        ["weighted_differences_give_the_scores"],
    ),
    (
        f"update {CALL_PRINT} set reason_en = null where printed_text = '7,57'",
        ["call_print_is_given_or_says_why"],
    ),
    (
        f"update {CALL_PRINT} set basis = 'sample', agrees = false where printed_text = '7,34'",
        ["call_print_is_given_or_says_why"],
    ),
    (
        f"update {COMPARISON} set other_value = 7.34 where measure = 'mean_score'",
        ["results_are_those_of_the_audit"],
    ),
    (
        f"update {EXPECTED} set expected_value = 714"
        " where organisation_id = 'am_hub' and promised_value = 713",
        ["nobody_delivers_more_than_promised"],
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
        ["certificates_are_those_listed"],
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
    (
        f"update {MIX} set basis = 'reported' where figure_id = 'dfir_2024#t7.made.public'",
        ["figures_are_shown_as_printed", "funding_shares_add_up"],
    ),
    (
        "update core.fct_loads set rows_loaded = rows_loaded - 1 where rowid = 0",
        ["no_submitted_row_is_lost"],
    ),
    (
        "insert into raw.loads by name select '0123456789abcdef' as load_id,"
        " 'activities' as dataset, 'made' as reporter, '2021' as period, 0 as correction_no,"
        " 'reported' as basis, 3 as rows_loaded, false as partial",
        ["every_loaded_row_is_built"],
    ),
    (
        "insert into evaluation.mart_company_mix by name select 'made' as organisation_id,"
        " 'MADE' as organisation_name, '2021' as period_id, 'size_band' as characteristic,"
        " 'under_50' as category, 2 as companies, 100 as share_percent, false as is_withheld,"
        " 'reported' as basis",
        ["few_companies_are_withheld"],
    ),
    (
        "insert into evaluation.mart_activity_mix by name select 'made' as organisation_id,"
        " 'MADE' as organisation_name, '2021' as period_id, activity_type_id,"
        " label_da as activity_type_label_da, label_en as activity_type_label_en,"
        " 10 as activities, 30 as share_percent, 'reported' as basis"
        " from core.dim_activity_type where activity_type_id = 'rd_application'",
        ["computed_shares_add_up"],
    ),
    (
        "insert into audit.mart_print_comparison by name select figure_id, table_id, line_number,"
        " indicator_id, breakdown, period_id, printed_text, unit, value as printed_value,"
        " false as agrees, 'sample' as basis"
        f" from {FIGURES} where figure_id = 'dfir_2024#t7.made.public'",
        ["sample_gives_the_printed_tables"],
    ),
    (
        f"delete from {LINEAGE} where table_name = 'mart_funding_mix'"
        " and column_name = 'share_percent'",
        ["every_published_column_has_its_lineage"],
    ),
    (
        f"update {LINEAGE} set source_column = 'printed_words' where reach = 'origin'"
        " and source_column = 'printed_text' and table_name = 'mart_claims'",
        ["lineage_ends_in_what_came_in"],
    ),
]

#: This award gives 60 kr. to the only application in a pot of 100 kr.
AWARD = {
    "call_id": "'klyngeprogram_2025_2028'",
    "scenario_id": "'proportional_by_grant_type'",
    "scope": "'grant_type'",
    "area_id": "'tourism'",
    "organisation_id": "'made'",
    "grant_type_id": "'cluster'",
    "basis": "'reported'",
    "applied_amount_kr": "60",
    "selected": "true",
    "pot_kr": "100",
    "pot_state": "'everyone_full'",
    "cap_kr": "60",
    "floor_kr": "0",
    "weight": "1",
    "recommended_amount_kr": "60",
}


def awarded(**otherwise):
    """Return SQL that puts the award into the mart, with some values changed."""
    values = ", ".join(f"{value} as {name}" for name, value in (AWARD | otherwise).items())
    return f"insert into allocation.mart_allocation_scenarios by name select {values};"


FAULTS += [
    (awarded(recommended_amount_kr="59.99"), ["allocations_spend_the_pot"]),
    (
        "update allocation.mart_allocation_scenarios set recommended_amount_kr = 1"
        " where organisation_id = 'am_hub' and grant_type_id = 'cluster' and is_call_rule",
        ["allocations_spend_the_pot"],
    ),
    (
        awarded(recommended_amount_kr="61", pot_kr="61", cap_kr="61"),
        ["allocations_keep_to_their_bounds"],
    ),
    (
        awarded(recommended_amount_kr="-1")
        + awarded(organisation_id="'clean'", area_id="'construction'", recommended_amount_kr="101"),
        ["allocations_keep_to_their_bounds"],
    ),
    (
        awarded() + awarded(organisation_id="'clean'", selected="false", pot_kr="120"),
        ["nothing_for_those_not_selected"],
    ),
    (
        awarded(pot_kr="120") + awarded(organisation_id="'clean'", pot_kr="120"),
        ["one_organisation_shares_in_an_area"],
    ),
    (
        "update scores.mart_score_sensitivity set selected_changed_draws = 1"
        " where area_id <> 'all' and organisation_id = 'denmark' and varied = 'scores'",
        ["an_area_changes_as_often_as_its_applications"],
    ),
    (
        "update scores.mart_score_sensitivity set award_lowest_kr = 0, award_p5_kr = 2,"
        " award_median_kr = 1, award_p95_kr = 3, award_highest_kr = 3"
        " where organisation_id = 'made' and varied = 'scores'",
        ["drawn_awards_are_in_order"],
    ),
]

RULES = "allocation.mart_allocation_reconciliation"
PROOF = "allocation.mart_allocation_proof"

FAULTS += [
    (
        f"update {RULES} set gives_print = false"
        " where verdict = 'can' and organisation_id = 'clean'",
        ["what_can_be_has_a_witness"],
    ),
    (
        f"update {PROOF} set holds = false where step_id = 'share_at_least'",
        ["what_cannot_be_is_shown"],
    ),
    (
        f"update {PROOF} set holds = false where step_id = 'level_at_least'",
        ["steps_of_a_proof_hold"],
    ),
    (
        f"update {PROOF} set holds = false where step_id = 'average_score'",
        ["steps_of_a_proof_hold"],
    ),
    (
        f"update {RULES} set verdict = 'open' where is_call_rule and basis = 'published'",
        ["audit_and_reconciliation_agree", "what_cannot_be_is_shown"],
    ),
    (
        f"insert into {RULES} by name select 'klyngeprogram_2025_2028' as call_id,"
        " 'proportional_by_grant_type' as scenario_id, 'application' as minimum_unit,"
        " 'clean' as organisation_id, 'sample' as basis, true as gives_print,"
        " false as gives_decision",
        ["sample_is_decided_by_one_rule"],
    ),
]

QUALITY = "audit.mart_quality_results"


def counted(mart, column, **values):
    """Return SQL that puts a reported row with two companies into a mart."""
    row = {"organisation_id": "'made'", "period_id": "'2021'", "basis": "'reported'", **values}
    selected = ", ".join(f"{value} as {name}" for name, value in row.items())
    return f"insert into evaluation.{mart} by name select {selected}, 2 as {column}"


def shared(mart, **values):
    """Return SQL that puts a reported row with a share of 30 per cent into a mart."""
    row = {"organisation_id": "'made'", "period_id": "'2021'", "basis": "'reported'", **values}
    selected = ", ".join(f"{value} as {name}" for name, value in row.items())
    return f"insert into evaluation.{mart} by name select {selected}, 30 as share_percent"


FAULTS += [
    (
        counted("mart_retention", "companies", years_of_participation="1"),
        ["few_companies_are_withheld_in_mart_retention"],
    ),
    (
        "insert into evaluation.mart_reporting by name select 'funding' as figure_group,"
        " '2024' as period_id, 'denmark' as organisation_id, 'reported' as basis,"
        " 3 as reporters_in, 14 as reporters_due, 'partial' as completeness",
        ["partial_sums_are_not_the_country"],
    ),
    (
        "insert into evaluation.mart_staffing by name select '2024' as period_id,"
        " 'reported_so_far' as organisation_id, 'reported' as basis, 'complete' as completeness",
        ["partial_sums_are_not_the_country"],
    ),
    (
        counted("mart_industry_mix", "companies", industry_tie="'inside'"),
        ["few_companies_are_withheld_in_mart_industry_mix"],
    ),
    (
        counted("mart_industry_ranking", "companies", industry_division="'62'"),
        ["few_companies_are_withheld_in_mart_industry_ranking"],
    ),
    (
        counted("mart_participant_profile", "companies", participation="'participating'"),
        ["few_companies_are_withheld_in_mart_participant_profile"],
    ),
    (
        counted("mart_participation_coverage", "participating_companies"),
        ["few_companies_are_withheld_in_mart_participation_coverage"],
    ),
    (
        shared("mart_retention", years_of_participation="1", companies="10"),
        ["computed_shares_add_up_in_mart_retention"],
    ),
    (
        shared("mart_company_mix", characteristic="'size_band'", category="'x'", companies="10"),
        ["computed_shares_add_up_in_mart_company_mix"],
    ),
    (shared("mart_staffing"), ["computed_shares_add_up_in_mart_staffing"]),
    (
        f"insert into {LINEAGE} from {LINEAGE} limit 1",
        ["mart_column_lineage_has_a_unique_grain"],
    ),
    (
        f"insert into {LINEAGE} by name select 'core' as table_schema, 'dim_call' as table_name,"
        " 'absent' as column_name, 'direct' as reach, 'value' as kind",
        ["lineage_belongs_to_published_columns"],
    ),
    (
        f"insert into {LINEAGE} by name select 'core' as table_schema, 'dim_call' as table_name,"
        " 'call_id' as column_name, 'near' as reach, 'value' as kind",
        ["lineage_reach_is_known"],
    ),
    (f"update {LINEAGE} set kind = 'window' where kind = 'order'", ["lineage_kind_is_known"]),
    (f"update {LINEAGE} set kind = null where kind = 'order'", ["lineage_kind_is_given"]),
    (
        f"insert into {QUALITY} from {QUALITY} limit 1",
        ["mart_quality_results_has_a_unique_grain"],
    ),
    (
        f"update {QUALITY} set outcome = 'unknown', release_id = null where rowid = 0",
        ["results_have_a_known_outcome"],
    ),
    (f"update {QUALITY} set run_id = null where rowid = 0", ["results_name_their_run"]),
    (f"update {QUALITY} set check_id = null where rowid = 0", ["results_name_their_check"]),
    (f"update {QUALITY} set release_id = null", ["published_runs_have_a_release"]),
    (f"update {QUALITY} set passed = false", ["failures_say_when_they_began"]),
]

FIGURE, CLAIM = "every_contradiction_is_explained", "every_contradicted_claim_is_explained"
#: (cell, its changed text, the checks that fail in a build with this text). Only the audit compares
#: printed figures with one another.
MISPRINTS = [
    (
        "performance_account_2018#perf.total_financing.eu.2017_2018",
        "43%",
        [FIGURE, "repeated_figures_say_the_same"],
    ),
    (
        "performance_account_2018#perf.participating_companies.average.2015",
        "999",
        [FIGURE, "repeated_figures_say_the_same"],
    ),
    ("performance_account_2018#perf.newsletters.average.2017_2018", "99%", [FIGURE]),
    ("performance_account_2018#perf.total_financing.state.2016", "117,16", [FIGURE]),
    ("performance_account_2018#perf.total_financing.2018", "500", [FIGURE, CLAIM]),
    ("performance_account_2018#perf.total_financing.municipalities.2018", "99,99", [FIGURE, CLAIM]),
    ("dfir_2024#t7.made.public", "39,9", [FIGURE, CLAIM]),
    ("dfir_2024#t3.vision_denmark.participation_coverage", "3,71%", [FIGURE, CLAIM]),
    ("dfir_2024#t4.made.company_count.participating", "999", [FIGURE, CLAIM]),
    ("dfir_2024#t2.energy_cluster_denmark.activities", "14,9%", [FIGURE, CLAIM]),
    (
        "programme_cover_2025#areas.environmental_technology.clean.recommended",
        "1,0",
        [FIGURE, CLAIM, "recommended_amounts_spend_the_pot", "sums_are_the_printed_totals"],
    ),
    ("am_hub_made_2025#t1.cluster.applied.made", "11.162.796", [FIGURE]),
    ("performance_account_2018#headline.l771.certified_clusters.silver", "7", [FIGURE, CLAIM]),
]


each_fault = pytest.mark.parametrize(
    ("fault", "fires"), FAULTS, ids=[fires[0] for _, fires in FAULTS]
)


@pytest.fixture
def build(published, tmp_path):
    """Make a writable copy of the database of the real release."""
    copy = tmp_path / DATABASE
    shutil.copy(published.releases / "current" / DATABASE, copy)
    copy.chmod(0o644)
    shutil.copy(published.releases / "current" / METRICS, tmp_path)
    return copy


def former(home):
    ledger = read_ledger(home)
    return compare_with_current(home, ledger, ledger)


def judge(build, former=None, check_ids=None):
    metrics = read_catalogue(read_json(build.with_name(METRICS)))
    return list(describe(run_gate(build, metrics, former, check_ids)))


def fired(results):
    return sorted(result.check_id for result in results if not result.passed)


def test_the_real_release_passes(build, published):
    results = judge(build, former(published))
    assert fired(results) == []
    require_passed(results)


def require_fires(build, fault, fires, check_ids=None):
    """Plant a fault; require that exactly these of the checks fail, and that none has an error."""
    with duckdb.connect(build) as connection:
        [(changed,)] = connection.execute(fault).fetchall()
    assert changed > 0, "the fault found nothing to spoil"
    results = judge(build, check_ids=check_ids)
    assert [r.error for r in results if r.error] == []
    assert fired(results) == sorted(fires)


@each_fault
def test_a_planted_fault_fires_its_check(build, fault, fires):
    require_fires(build, fault, fires, check_ids=fires)


@pytest.mark.slow
@each_fault
def test_a_planted_fault_fires_no_other_check(build, fault, fires):
    require_fires(build, fault, fires)


@pytest.mark.slow
@pytest.mark.parametrize(("figure_id", "text", "fires"), MISPRINTS, ids=[m[0] for m in MISPRINTS])
def test_a_print_that_does_not_add_up_is_found_by_the_audit(
    build, published, figure_id, text, fires
):
    assert change_print(build, open_release(home=published), figure_id, text) == 1
    assert fired(judge(build)) == sorted(fires)


@pytest.mark.slow
@pytest.mark.parametrize(("table", "check_id"), SHRINKING.items())
def test_a_table_that_shrinks_fires_its_check(build, published, table, check_id):
    with duckdb.connect(build) as connection:
        connection.execute(f"delete from {table} where rowid % 2 = 0")
    results = judge(build, former(published))
    assert check_id in fired(results)
    assert all(f == check_id or "has_not_shrunk" not in f for f in fired(results))


def test_every_check_has_a_planted_fault():
    planted = {fires[0] for _, fires in FAULTS} | set(SHRINKING.values())
    # tests/releases/test_continuity.py plants faults for the following checks
    planted |= {"former_loads_count_or_say_why"}
    planted |= {f"{t.partition('.')[2]}_has_not_shrunk" for t in row_counts.FACTS}
    assert {check_id(e) for suite in gate_suites() for e in suite.expectations} == planted


def test_the_suites_of_every_module_are_in_the_gate():
    judged = {check_id(e): suite.name for suite in gate_suites() for e in suite.expectations}
    modules = [module.name for module in pkgutil.iter_modules(suites.__path__)]
    assert modules
    for module in modules:
        declared = list(getattr(gate, module).expectations())
        assert declared
        assert all(judged[check_id(check)] == table for table, check in declared)
    files = list(rules.FOLDER.glob("*/*.sql"))
    assert files
    assert all(judged[file.stem] == file.parent.name for file in files)


def test_the_history_is_judged_with_the_results_of_its_own_run(build):
    require_sound_history(build)
    with duckdb.connect(build) as connection:
        connection.execute(f"insert into {QUALITY} from {QUALITY} limit 1")
    with pytest.raises(GateRefusedError, match="mart_quality_results_has_a_unique_grain"):
        require_sound_history(build)


def test_every_check_has_an_owner_a_description_and_its_table():
    for suite in gate_suites():
        assert re.fullmatch(r"\w+\.\w+", suite.name)
        for expectation in suite.expectations:
            assert expectation.meta["owner"], check_id(expectation)
            assert expectation.description.endswith("."), check_id(expectation)


def test_a_refusal_shows_the_failing_rows_and_their_source(build):
    with duckdb.connect(build) as connection:
        connection.execute(
            f"update {DECISIONS} set recommended_amount_kr = 99300000 + 1"
            " where organisation_id = 'energy_cluster_denmark'"
        )
    with pytest.raises(GateRefusedError) as refusal:
        require_passed(with_sources(judge(build), build))
    message = str(refusal.value)
    assert "2 check(s) failed, nothing was published" in message
    assert "organisation_id: energy_cluster_denmark" in message
    assert "source_row_key: programme_cover_2025#" in message
    assert "source: 001_6d57289692c27818.txt line 130: 99,3" in message

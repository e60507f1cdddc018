"""Every contradiction has a finding, and the evidence of each finding holds."""

from decimal import Decimal

import pytest

from klynge.releases.reading import open_release


@pytest.fixture(scope="module")
def release(published):
    return open_release(home=published)


def rows(release, query):
    return release.arrow(query).to_pylist()


@pytest.fixture(scope="module")
def findings(release):
    return {row["finding_id"]: row for row in rows(release, "from audit.mart_findings")}


@pytest.fixture(scope="module")
def evidence(release):
    """Return finding -> its evidence, as pairs of (kind of evidence, key)."""
    pieces: dict[str, set[tuple[str, str]]] = {}
    for row in rows(release, "from audit_steps.int_finding_evidence"):
        assert row["holds"], row
        pieces.setdefault(row["finding_id"], set()).add((row["evidence"], row["key"]))
    return pieces


def test_every_contradiction_has_a_finding(release, findings):
    contradictions = rows(
        release,
        """
        select figure_id as what, finding_ids from audit.mart_figure_reconciliation
        where verdict = 'contradicts'
        union all
        select claim_id, finding_ids from audit.mart_claims where verdict = 'contradicted'
        """,
    )
    assert len(contradictions) >= 40
    for row in contradictions:
        assert row["finding_ids"], row["what"]
        assert set(row["finding_ids"].split()) <= findings.keys()


def test_what_holds_has_no_finding(release):
    assert not rows(
        release,
        """
        select figure_id from audit.mart_figure_reconciliation
        where verdict <> 'contradicts' and finding_ids is not null
        union all
        select claim_id from audit.mart_claims
        where verdict <> 'contradicted' and finding_ids is not null
        """,
    )


def test_every_finding_rests_on_evidence_that_holds(findings, evidence):
    assert len(findings) >= 100
    assert findings.keys() == evidence.keys()
    assert all(row["pieces_of_evidence"] > 0 for row in findings.values())


def test_every_finding_says_where_both_sides_stand_and_what_explains_it(findings):
    for row in findings.values():
        assert row["left_document_id"], row
        assert row["right_document_id"], row
        assert row["left_line"] >= 1, row
        assert row["right_line"] >= 1, row
        assert row["left_printed"] or row["right_printed"], row
        assert row["explanation"], row
        assert row["certainty"] in ("proven", "likely", "open"), row


#: Finding that must exist -> evidence that it must have.
EXAMPLES = [
    (
        "total_of_other_money_against_its_thirteen_rows",
        {
            ("reconciliation", "dfir_2024#t7.total.other"),
            ("claim", "dfir_2024#l3294.other_total"),
        },
    ),
    (
        "other_income_in_table_2_against_the_totals_of_table_7",
        {
            ("reconciliation", "dfir_2024#t2.total.other_income"),
            ("claim", "dfir_2024#l1567.other_income_total_table7"),
        },
    ),
    (
        "pie_chart_prints_the_other_sources_as_18_13_the_table_as_18",
        {
            ("reconciliation", "performance_account_2018#figure.financing.other.amount"),
            ("printed", "performance_account_2018#perf.total_financing.other.2018"),
        },
    ),
    ("fall_in_startups", {("claim", "dfir_2024#l2106.startups_fall")}),
    (
        "criterion_weights_of_the_cluster_grant_add_up_to_99_8",
        {("reconciliation", "am_hub_made_2025#criteria.cluster.a1.weight")},
    ),
    (
        "average_of_made_is_7_335_and_printed_as_7_34",
        {
            ("printed", "am_hub_made_2025#t1.both.average_score.made"),
            ("printed", "am_hub_made_2025#t1.cluster.score.made"),
            ("printed", "am_hub_made_2025#t1.innovation.score.made"),
        },
    ),
    ("table_3_s_companies_are_those_not_taking_part", set()),
]


@pytest.mark.parametrize(("finding", "rests_on"), EXAMPLES, ids=[f for f, _ in EXAMPLES])
def test_the_examples_are_found(findings, evidence, finding, rests_on):
    assert finding in findings
    assert rests_on <= evidence[finding]


def test_one_explanation_fits_all_three_numbers_of_other_income(findings):
    """The rows of table 7 add up to 55.8 less than their total.

    Table 2 includes 30.9 of this amount and leaves 24.9 out.
    """
    missing = findings["total_of_other_money_against_its_thirteen_rows"]
    left_out = findings["other_income_in_table_2_against_the_totals_of_table_7"]
    assert abs(missing["recomputed_difference"]) == Decimal("55.8")
    assert abs(left_out["recomputed_difference"]) == Decimal("24.9")
    assert "30.9" in missing["explanation"]
    assert "24.9" in missing["explanation"]
    assert "unvalidated" in left_out["explanation"]


def test_a_recomputed_difference_is_that_of_the_findings_own_figures(findings):
    """The difference is in per cent, so the finding's evidence in kroner does not show its size."""
    shares = findings["shares_of_other_income_do_not_add_to_100"]
    assert shares["recomputed_difference"] == Decimal("2.9")


def test_the_definition_that_fits_every_row_of_table_3_is_the_one_used(release):
    fitted = rows(
        release,
        """
        select verdict, recomputed_value, rule_definition from audit.mart_figure_reconciliation
        where rule_id = 'coverage' and document_id = 'dfir_2024'
        """,
    )
    assert len(fitted) == 10
    assert {row["verdict"] for row in fitted} == {"agrees"}
    assert all(
        "participants / (participants + printed companies" in r["rule_definition"] for r in fitted
    )


def test_the_average_comes_out_for_scores_within_their_rounding(release):
    [average] = rows(
        release,
        """
        select * from audit.mart_figure_reconciliation
        where figure_id = 'am_hub_made_2025#t1.both.average_score.made'
            and rule_id = 'mean_of_two_scores'
        """,
    )
    assert average["printed_value"] == Decimal("7.34")
    assert average["recomputed_value"] == Decimal("7.335")
    assert average["verdict"] == "agrees"
    assert average["lowest_value"] < Decimal("7.335") < average["highest_value"]

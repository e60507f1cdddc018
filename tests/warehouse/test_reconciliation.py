"""A second evaluator of the print agrees with the audit, and every planted fault is found."""

import csv
import shutil

import pytest

from benchmarks.mutation_score import (
    ARITHMETIC,
    NO_REASON,
    Fault,
    faults,
    missed,
    numeric_cells,
    rate,
    score,
)
from klynge import checkout
from klynge.errors import InputError
from klynge.print.transcription import CELL_COLUMNS, read_transcriptions
from klynge.releases.reading import open_release


@pytest.fixture(scope="module")
def reconciliation(published):
    answer = open_release(home=published).arrow("from audit.mart_figure_reconciliation")
    return answer.to_pylist()


@pytest.fixture(scope="module")
def claims(published):
    return open_release(home=published).arrow("from audit.mart_claims").to_pylist()


def test_both_evaluators_come_to_every_verdict_on_a_figure(evaluator, reconciliation):
    checked = [row for row in reconciliation if row["rule_id"] != "none"]
    assert {(row["rule_id"], row["figure_id"]) for row in checked} == evaluator.rules.keys()
    for row in checked:
        verdict = evaluator.reconciliation(row["rule_id"], row["figure_id"], evaluator.printed)
        assert verdict == row["verdict"], row


def test_both_evaluators_come_to_every_verdict_on_a_claim(evaluator, claims):
    assert {row["claim_id"] for row in claims} == evaluator.claims.keys()
    for row in claims:
        assert evaluator.claim(row["claim_id"], evaluator.printed) == row["verdict"], row


def test_enough_is_checked_and_what_is_not_says_why(reconciliation):
    verdicts = [row["verdict"] for row in reconciliation]
    assert len(verdicts) - verdicts.count("not_checkable") >= 500
    for row in reconciliation:
        assert (row["verdict"] == "not_checkable") == bool(row["reason"]), row
        assert (row["verdict"] == "not_checkable") != bool(row["operand_figure_ids"]), row


def test_what_the_prose_says_a_figure_equals_is_not_called_uncheckable(reconciliation, claims):
    unchecked = {row["figure_id"] for row in reconciliation if row["verdict"] == "not_checkable"}
    for claim in claims:
        if claim["kind"] in ("compare", "each") and claim["comparator"] == "equals":
            named = set((claim["operand_figure_ids"] or "").split())
            assert not named & unchecked, claim["claim_id"]


def texts(transcriptions):
    return {
        f"{transcription.origin.document_id}#{cell['cell_id']}": cell["printed_text"]
        for transcription in transcriptions
        for cell in transcription.cells
    }


#: (figure, its printed text, the wrong text, what must find the fault: a rule or a claim).
FAULTS = [
    ("dfir_2024#t3.made.population_companies", "5.858", "5.958", "rule"),
    ("dfir_2024#t3.clean.participation_coverage", "0,47%", "0,41%", "rule"),
    ("dfir_2024#t7.energy_cluster_denmark.cluster_grant", "42,9", "48,9", "rule"),
    ("dfir_2024#t7.total.eu", "275,5", "235,5", "rule"),
    ("dfir_2024#t2.made.consumed_funding", "5,4%", "6,4%", "rule"),
    ("dfir_2024#prose.l2106.startups_fall", "150", "139", "finding"),
    ("am_hub_made_2025#t1.cluster.applied.am_hub", "10.162.796", "10.182.796", "rule"),
    ("am_hub_made_2025#prose.l138.made.average_score", "7,34", "7,84", "rule"),
    ("am_hub_made_2025#criteria.innovation.b2.weight", "10", "16", "rule"),
    ("am_hub_made_2025#criteria.cluster.b1.weight", "16,6", "16,8", "finding"),
    ("programme_cover_2025#prose.l35.pot", "662", "667", "claim"),
    ("cooperation_model_2019#prose.l239.annual_funding.deb", "80", "90", "claim"),
    ("performance_account_2018#perf.clusters.2018", "38", "36", "rule"),
    ("performance_account_2018#perf.total_financing.state.2016", "107,16", "107,46", "rule"),
    ("performance_account_2018#perf.membership_dues.2017", "58,1", "88,1", "rule"),
    ("performance_account_2018#perf.financing_per_employee.2015", "1,1", "1,4", "rule"),
    ("performance_account_2018#perf.newsletters.2016", "794", "764", "rule"),
    ("performance_account_2018#perf.media_mentions.average.2016", "78", "73", "rule"),
    ("performance_account_2018#figure.financing.other.amount", "18,13", "18,31", "finding"),
    ("performance_account_2018#headline.l771.certified_clusters.silver", "6", "1", "rule"),
    ("am_hub_made_2025#prose.l187.made.score.innovation", "7,0", "7,1", "rule"),
    ("am_hub_made_2025#prose.l57.applications_per_set", "to", "tre", "claim"),
    ("programme_cover_2025#prose.l223.clusters_per_area", "én", "to", "rule"),
    ("programme_cover_2025#prose.l243.rejected_score.sub_criterion", "5,0", "6,0", "claim"),
    ("programme_cover_2025#areas.construction.we_build_denmark.applied", "99,3", "29,3", "rule"),
    (
        "performance_account_2018#perf.collaboration_project_companies.under_50.2015",
        "1.238",
        "4.238",
        "rule",
    ),
    ("performance_account_2018#perf.granted_applications.regions.2016", "59", "99", "rule"),
    ("performance_account_2018#perf.collaboration_countries.2016", "89", "59", "rule"),
    ("performance_account_2018#perf.clusters_with_membership_dues.2016", "52%", "53%", "rule"),
    ("performance_account_2018#prose.l958.total_financing.eu", "80", "83", "claim"),
    (
        "performance_account_2018#cases.l1893.rd_centres_in_dialogue.lower_bound",
        "4",
        "9",
        "rule",
    ),
    ("dfir_2024#f8.years_2", "to", "fem", "claim"),
    # no other printed figure follows from these figures, so only the document shows the right value
    ("dfir_2024#t6.clean.internationalisation.company", "13,4", "13,8", None),
    ("dfir_2024#box_5.l3024.researchers", "123", "128", None),
]


def planted(seeds, figure_id, old, new):
    """Change one text in a copy of the seeds; return the transcriptions."""
    shutil.copytree(checkout.SEEDS, seeds)
    document, _, cell_id = figure_id.partition("#")
    path = seeds / "documents" / document / "cells.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    [row] = [row for row in rows if row["cell_id"] == cell_id]
    assert row["printed_text"] == old
    row["printed_text"] = new
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, CELL_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return read_transcriptions(seeds)


@pytest.mark.parametrize(("figure_id", "old", "new", "notices"), FAULTS, ids=str)
def test_a_planted_fault_is_noticed(auditor, tmp_path, figure_id, old, new, notices):
    [fault] = [
        Fault(figure_id, text)
        for figure_id, text in texts(planted(tmp_path / "seeds", figure_id, old, new)).items()
        if text != auditor.evaluator.figures[figure_id].printed_text
    ]
    assert fault == Fault(figure_id, new)
    caught = auditor.caught_by(fault)
    assert notices in caught if notices else not caught


def test_a_number_that_begins_with_a_nought_is_refused_at_landing(auditor, tmp_path):
    figure_id = "performance_account_2018#perf.participating_companies.2018"
    assert auditor.caught_by(Fault(figure_id, "08.058")) == {"number format"}
    with pytest.raises(InputError, match=r"'08\.058' is not a number"):
        planted(tmp_path / "seeds", figure_id, "18.058", "08.058")


def test_every_other_digit_is_planted_in_every_place(auditor):
    texts = {
        figure.printed_text: {fault.text for fault in faults(figure)}
        for figure in numeric_cells(auditor.evaluator)
    }
    assert texts["5"] == set("012346789")
    assert texts["2,9"] == {f"{d},9" for d in "013456789"} | {f"2,{d}" for d in "012345678"}
    assert {len(word) for word in texts["to"]} >= {2, 3, 4, 6}
    assert "to" not in texts["to"] | texts["To"]


@pytest.fixture(scope="module")
def sample(auditor):
    """Take every fourth cell; for each of its faults, find the rules and claims that notice it."""
    cells = numeric_cells(auditor.evaluator)[::4]
    return cells, score(auditor, cells)


def test_most_faults_are_noticed(sample):
    cells, caught = sample
    assert len(cells) > 300
    assert sum(map(len, caught.values())) > 6000
    every = list(caught.values())
    assert rate(every) >= 0.75
    assert rate(every, ARITHMETIC) >= 0.61


def test_what_goes_unnoticed_has_a_reason(auditor, sample):
    reasons = missed(auditor, *sample)
    assert len(reasons) > 5
    assert NO_REASON not in reasons, reasons[NO_REASON]


def test_a_cell_without_rule_claim_or_reason_is_said_to_have_none(auditor, monkeypatch):
    figure_id = "dfir_2024#t6.clean.rd_application.knowledge_institution"
    assert "not printed" in auditor.why_missed(figure_id)
    monkeypatch.setattr(auditor.evaluator, "unchecked", {})
    assert auditor.why_missed(figure_id) == NO_REASON


def test_what_is_not_changed_is_no_fault(auditor):
    for figure in numeric_cells(auditor.evaluator):
        caught = auditor.caught_by(Fault(figure.figure_id, figure.printed_text))
        assert not caught, figure

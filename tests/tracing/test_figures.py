"""Figures are traced to their lines, files and rows, with proof."""

import csv
import re
from decimal import Decimal

import pytest

from klynge.errors import InputError
from tests.conftest import klynge

FINANCING = ("indicator_id=total_financing", "breakdown=total", "year=2018")

ATTENDANCE = {
    "organisation_id": "made",
    "period_id": "2021",
    "activity_type_id": "internationalisation",
    "participant_type": "company",
    "basis": "sample",
}


def archived(home, source):
    """Return the rows of a received file by their record number."""
    lines = (home.archive / source.sha256).read_text(encoding="utf-8-sig").splitlines()
    reader = csv.DictReader(lines, delimiter=";" if ";" in lines[0] else ",")
    return dict(enumerate(reader, start=1))


def test_a_printed_figure_is_traced_to_its_lines(published, documents):
    asked = ("mart_performance_development", *FINANCING, "--column", "value", "--steps")
    done = klynge(published, "trace", *asked)
    assert done.returncode == 0, done.stderr
    first, names, printed, *_ = done.stdout.splitlines()
    assert first == "Value: 494.37 million kroner"
    assert "Financing without in kind" in names
    assert printed.strip() == "printed in 003_c7b0bf553b7474fa.txt line 2091: 494,37"
    assert "PROVED" in done.stdout
    assert "raw.published_cells" in done.stdout
    lines = (documents / "003_c7b0bf553b7474fa.txt").read_text(encoding="utf-8").split("\n")
    shown = re.findall(r"^    line (\d+): (.+)$", done.stdout, flags=re.MULTILINE)
    assert shown
    for number, text in shown:
        assert text in lines[int(number) - 1]


def test_a_change_is_traced_to_the_two_years_it_is_between(on_print):
    key = dict(part.split("=") for part in FINANCING)
    report = on_print.report("mart_performance_development", key, "change")
    [source] = [one for one in report.sources if one.table == "raw.published_cells"]
    texts = {place["source_row_key"]: place["printed_text"] for place in source.places}
    now, before = (
        texts[f"performance_account_2018#perf.total_financing.{year}"] for year in (2018, 2017)
    )
    now, before = (Decimal(text.replace(",", ".")) for text in (now, before))
    assert report.figure.value == round(100 * (now - before) / before, 1)
    assert report.proof.status == "proved"
    assert (
        source.sha256
        == on_print.release.manifest["inputs"]["documents"]["performance_account_2018"]
    )


def test_attendance_is_traced_to_activities_files_and_rows(on_sample):
    report = on_sample.report("mart_activity_attendance", ATTENDANCE, "average_participants")
    assert report.proof.status == "proved"
    by_table = {source.table: source for source in report.sources}
    activities, participants = by_table["raw.activities"], by_table["raw.participants"]
    for source in (activities, participants):
        assert source.about["reporter"] == "sample"
        assert source.about["accepted_by"]
        assert source.about["received_at"]
        assert source.rows == len(source.places)
        assert source.file == f"{source.about['dataset']}_2021.csv"
    held = [archived(on_sample.home, activities)[place["row"]] for place in activities.places]
    came = [archived(on_sample.home, participants)[place["row"]] for place in participants.places]
    assert {row["organisation_id"] for row in held} == {"made"}
    assert {row["participant_type"] for row in came} == {"company"}
    assert {row["activity_id"] for row in came} <= {row["activity_id"] for row in held}
    assert report.figure.value == round(Decimal(len(came)) / len(held), 6)


def test_an_award_is_traced_to_the_scores_and_amounts_of_its_pot(on_sample):
    key = {
        "call_id": "klyngeprogram_2025_2028",
        "basis": "sample",
        "organisation_id": "clean",
        "grant_type_id": "cluster",
    }
    report = on_sample.report("mart_allocation", key, "recommended_amount_kr")
    assert report.proof.status in ("proved", "guarded")
    assert report.figure.unit == "kroner"
    by_table = {source.table: source for source in report.sources}
    scores, amounts = by_table["raw.criterion_scores"], by_table["raw.applications"]
    assert scores.about["dataset"] == "criterion_scores"
    scored = [archived(on_sample.home, scores)[place["row"]] for place in scores.places]
    applied = [archived(on_sample.home, amounts)[place["row"]] for place in amounts.places]
    own = {row["criterion_id"] for row in scored if row["organisation_id"] == "clean"}
    assert {name for name in own if name.startswith("cluster_2025")} == {
        f"cluster_2025_{letter}" for letter in ("a1", "a2", "b1", "b2", "b3")
    }
    # the scores of the other applications of the pot decide the award, too
    competing = {row["organisation_id"] for row in applied if row["grant_type"] == "cluster"}
    assert len(competing) > 1
    assert competing <= {row["organisation_id"] for row in scored}


def test_the_way_says_what_each_step_is_and_which_checks_it_passed(on_sample):
    report = on_sample.report("mart_activity_attendance", ATTENDANCE, "average_participants")
    steps = {step.table: step for step in report.steps}
    mart = report.steps[0]
    assert mart.table == "evaluation.mart_activity_attendance"
    assert (mart.rows, mart.kind) == (1, "mart")
    assert (on_sample.release.path / mart.file).read_text("utf-8") == mart.sql
    checks = {check.check_id for check in mart.checks}
    assert "attendance_is_plausible" in checks
    assert any(check.says.startswith("No two rows have the same") for check in mart.checks)
    assert all(check.passed for step in report.steps for check in step.checks)
    assert steps["core.fct_participants"].kind == "core"
    assert steps["staging.stg_participants"].rows is None
    assert steps["raw.participants"].sql is None
    for step in report.steps:
        assert set(step.reads) <= steps.keys()
        assert step.rows is None or 0 < step.rows <= step.of


def test_a_printed_cell_is_traced_by_its_id(on_print):
    report = on_print.report_cell("dfir_2024#t6.made.internationalisation.company")
    assert report.figure.column == "value"
    assert report.figure.printed["figure_id"] == "dfir_2024#t6.made.internationalisation.company"
    assert report.proof.status == "proved"
    label = on_print.report_cell("am_hub_made_2025#criteria.cluster.a1.label")
    assert label.figure.column == "printed_text"


@pytest.mark.parametrize(
    ("mart", "key", "column", "says"),
    [
        ("mart_performance", {}, "value", "did you mean mart_performance_development"),
        ("stg_ledger", {}, "state", "is a step between the source and the marts"),
        ("int_ledger", {}, "state", "trace a figure of a table that reads it"),
        ("mart_performance_development", {"jear": "2018"}, "value", "did you mean year"),
        ("mart_performance_development", {"year": "2018"}, "valu", "did you mean value"),
        ("mart_performance_development", {"year": "2018"}, None, "name the column of the figure"),
        ("mart_performance_development", {"year": "2018"}, "value", "62 rows of"),
        ("mart_performance_development", {"year": "2018"}, "value", "choose one by indicator_id"),
        ("mart_performance_development", {"year": "2018"}, "value", "… and 42 more"),
        (
            "mart_performance_development",
            {"indicator_id": "total_finance", "breakdown": "total", "year": "2018"},
            "value",
            "indicator_id is: total_financing",
        ),
        ("core.fct_published_figures", {"figure_id": "x"}, "value", "figure_id is: "),
    ],
)
def test_what_cannot_be_traced_is_told_with_what_there_is(on_print, mart, key, column, says):
    with pytest.raises(InputError, match=re.escape(says)):
        on_print.report(mart, key, column)

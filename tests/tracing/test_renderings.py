"""Show one trace as text, page, JSON and CSV, and follow a raw row to its figures."""

import csv
import io
import json
import re

import pytest

from klynge.tracing.renderings import report_csv, report_html, report_json
from tests.conftest import klynge

ATTENDANCE = {
    "organisation_id": "made",
    "period_id": "2021",
    "activity_type_id": "internationalisation",
    "participant_type": "company",
    "basis": "sample",
}


def test_the_forms_tell_the_same(on_sample):
    report = on_sample.report(
        "mart_activity_attendance", ATTENDANCE, "average_participants", shown_rows=3
    )
    content = json.loads(report_json(report))
    assert content["figure"]["value"] == str(report.figure.value)
    assert content["proof"]["status"] == "proved"
    assert content["release"]["release_id"] == on_sample.release.release_id
    rows = list(csv.DictReader(io.StringIO(report_csv(report))))
    assert len(rows) == report.source_rows
    people = [row for row in rows if row["table"] == "raw.participants"]
    assert all(row["source_row_key"] == f"{row['load_id']}#{row['row']}" for row in people)
    page = report_html(report)
    assert not re.search(r"""(src|href)\s*=|@import|url\(""", page)
    assert "participants_2021.csv" in page
    assert "owner of the restricted edition" in page
    for step in report.steps:
        assert step.table in page
        assert len(step.shown) <= 3


def test_a_page_shows_text_as_text(on_print):
    page = report_html(on_print.report_cell("dfir_2024#t6.made.internationalisation.company"))
    assert "&lt;&gt;" in page or "&gt;" in page
    assert "<script" not in page


@pytest.mark.slow
def test_a_raw_row_is_followed_to_its_figures(sampled, on_sample):
    report = on_sample.report("mart_activity_attendance", ATTENDANCE, "average_participants")
    [people] = [one for one in report.sources if one.table == "raw.participants"]
    key = people.places[0]["source_row_key"]
    done = klynge(sampled, "trace", "forward", key, "--format", "json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["table"], told["row_key"]) == ("raw.participants", key)
    attendance = [
        one["key"]
        for one in told["destinations"]
        if one["mart"] == "evaluation.mart_activity_attendance"
    ]
    assert ATTENDANCE in attendance
    text = klynge(sampled, "trace", "forward", key)
    assert "evaluation.mart_activity_attendance: " in text.stdout
    assert "restricted edition" in text.stderr
    missing = klynge(sampled, "trace", "forward", "0123456789abcdef#1")
    assert missing.returncode == 2

"""Test the words for the gaps of a figure: refused rows, missing reporters and missing years."""

import pytest

from klynge.intake.door import Door
from klynge.messages import Language
from klynge.raw_zone import find_load
from klynge.tracing.gaps import describe_completeness, describe_gaps, describe_refused_rows
from klynge.tracing.report import Source
from klynge.tracing.submitted_files import with_refused_lines
from tests.submitted import receive, staff_file

ROW = {
    "reporters_in": 14,
    "reporters_due": 14,
    "years_in": 1,
    "years_due": 1,
    "rows_refused": 0,
    "completeness": "complete",
}
LOAD = {
    "load_id": "ab12",
    "reporter": "made",
    "rows_rejected": 3,
    "refused": {"rows": 3, "lines": [4, 5, 6], "amounts": {"amount_kr": "3000000.00"}},
}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, ""),
        ({"completeness": "printed"}, ""),
        ({"completeness": "partial", "reporters_in": 3}, "partial: 3 of 14 reporters"),
        (
            {"completeness": "partial", "reporters_in": 3, "years_in": 1, "years_due": 3},
            "partial: 3 of 14 reporters, 1 of 3 years",
        ),
        (
            {"completeness": "rows_refused", "rows_refused": 2},
            "2 rows of the files behind this figure were refused",
        ),
    ],
)
def test_what_a_row_of_a_mart_lacks(change, words):
    assert describe_completeness({**ROW, **change}) == words


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"completeness": "complete", "rows_refused": 0}, ""),
        ({"completeness": "printed", "rows_refused": None}, ""),
        (
            {"completeness": "rows_refused", "rows_refused": 1},
            "1 row of the files behind this figure was refused",
        ),
        (
            {"completeness": "partial", "rows_refused": 0},
            "partial: not all that this figure is computed from has come",
        ),
    ],
)
def test_what_a_row_about_a_call_lacks(row, words):
    """A mart about a call counts no reporters and no years."""
    assert describe_completeness(row) == words


def test_the_refused_rows_of_a_file_are_named_with_lines_and_money():
    said = describe_refused_rows(LOAD, "funding_2024.csv")
    assert said == (
        "funding_2024.csv of made, load ab12: 3 rows of this file were refused: lines 4, 5, 6; "
        "3,000,000 kr. among them"
    )
    assert "3 rækker i denne fil blev afvist: linje 4, 5, 6; 3.000.000 kr. heraf" in said.text(
        Language.da
    )
    assert describe_refused_rows({**LOAD, "rows_rejected": 0, "refused": None}, "x.csv") is None


def test_files_say_better_than_the_row_what_was_refused():
    row = {**ROW, "rows_refused": 3, "completeness": "partial", "reporters_in": 3}
    partial, refused = describe_gaps(row, [(LOAD, "funding_2024.csv")])
    assert partial == "partial: 3 of 14 reporters"
    assert "lines 4, 5, 6" in refused
    assert refused.endswith("; this is the whole file, not only this figure")
    [partial] = describe_gaps(row, [])
    assert partial.endswith("3 rows of the files behind this figure were refused")
    assert describe_gaps(None, []) == []


@pytest.mark.parametrize(
    ("of_figure", "words"),
    [
        (
            {"rows": 1, "lines": [5], "amounts": {"amount_kr": "2750.50"}, "is_exact": True},
            "of these rows, 1 can be of source EU: line 5; 2,750.50 kr. among them",
        ),
        ({"rows": 0, "lines": [], "amounts": {}, "is_exact": False}, "none of these rows is of "),
        ({"rows": 0, "lines": [], "amounts": {}, "is_exact": True}, ", so this figure lacks none"),
    ],
)
def test_the_refused_rows_of_the_figure_are_told_from_those_of_the_file(of_figure, words):
    refused = {**LOAD["refused"], "of_figure": {**of_figure, "values": ["source EU"]}}
    [said] = describe_gaps(None, [({**LOAD, "refused": refused}, "funding_2024.csv")])
    assert "this is the whole file, not only this figure" in said
    assert words in said


def test_a_load_of_an_older_version_has_its_lines_from_its_refused_rows(home, tmp_path):
    file = staff_file(tmp_path, "full_time_equivalents_2022", {"ufs": "1", "deb": "x"})
    load = receive(Door.of(home), file)
    about = {
        "load_id": load.load_id,
        "dataset": load.dataset,
        "reporter": load.reporter,
        "rows_rejected": find_load(home, load.load_id).rows_rejected,
    }
    source = Source("submission", "raw.full_time_equivalents", file.name, "", 1, about, [])
    [found] = with_refused_lines(home, [source])
    assert found.about["refused"]["lines"] == [3]
    elsewhere = Source("submission", "raw.x", "x", "", 1, {**about, "load_id": "gone"}, [])
    assert with_refused_lines(home, [elsewhere]) == [elsewhere]

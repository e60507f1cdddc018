"""Test the objections to a held file in the words that a person reads."""

import json
from decimal import Decimal

import pytest

from expectations.door import objection_to
from klynge.intake.objections import describe_objection
from klynge.messages import Language, message, restored, stored
from klynge.quality import CheckResult


def objection(column, text):
    """The door's objection to a file with one failing row."""
    return objection_to(
        CheckResult(
            check_id="volume_near_earlier",
            looks_at="door.file",
            says=message("The file has at least one row that is not rejected."),
            passed=False,
            observed="",
            failing_rows=[{column: text}],
            failing_count=1,
            seconds=0,
            error=None,
        )
    )


@pytest.mark.parametrize(
    ("column", "text", "english", "danish"),
    [
        ("here", "1234567.89", "here 1,234,567.89", "her 1.234.567,89"),
        ("earlier", "1294.0", "earlier 1,294", "1.294"),
        ("earlier", "-0.5", "earlier -0.5", "-0,5"),
        ("earlier", "null", "earlier null", "null"),
        (
            "largest_amounts",
            json.dumps([{"line": 1004, "amount": "3000000.00"}, {"line": 9, "amount": "25.00"}]),
            "lines with the largest amounts 1004 (3,000,000.00), 9 (25.00)",
            "1004 (3.000.000,00), 9 (25,00)",
        ),
        ("activity_ids", "62.01", "activity ids 62.01", "62.01"),
    ],
)
def test_the_sentence_is_first_and_its_numbers_have_marks(column, text, english, danish):
    for said in (objection(column, text), restored(stored(objection(column, text)))):
        shown = describe_objection(said)
        assert shown.startswith("The file has at least one row")
        assert shown.endswith(f"{english} (volume_near_earlier)")
        in_danish = shown.text(Language.da)
        assert in_danish.startswith("Filen har")
        assert in_danish.endswith(f"{danish} (volume_near_earlier)")


def test_the_ledger_keeps_numbers_and_not_their_text():
    kept = stored(objection("here", "1234567.89"))
    [field] = kept["values"]["found"]["values"]["fields"]
    assert field["values"]["value"] == {"decimal": "1234567.89"}
    assert restored(field).values["value"] == Decimal("1234567.89")


def test_a_text_without_the_id_of_a_check_stays():
    assert describe_objection("half as many rows: 5") == "half as many rows: 5"
    said = describe_objection("same_file_elsewhere: The file is known.")
    assert said == "The file is known. (same_file_elsewhere)"

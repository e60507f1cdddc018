"""Test the objections to a held file in the words that a person reads."""

import pytest

from klynge.intake.objections import describe_objection
from klynge.messages import Language, Message, joined, message, restored, stored


def objection(name: str, value: str) -> Message:
    row = message("{fields}", fields=[message("{name} {value}", name=message(name), value=value)])
    return message(
        "{check_id}: {rule} Found: {found}",
        check_id="volume_near_earlier",
        rule=message("The file has at least one row that is not rejected."),
        found=joined([row]),
    )


@pytest.mark.parametrize(
    ("name", "value", "english", "danish"),
    [
        ("here", "1234567.89", "here 1,234,567.89", "her 1.234.567,89"),
        ("earlier", "1294.0", "earlier 1,294", "1.294"),
        ("earlier", "-0.50", "earlier -0.50", "-0,50"),
        (
            "lines with the largest amounts",
            "1004 (3000000.00), 9 (25.00)",
            "1004 (3,000,000.00), 9 (25.00)",
            "1004 (3.000.000,00), 9 (25,00)",
        ),
        ("activity ids", "62.01", "activity ids 62.01", "62.01"),
    ],
)
def test_the_sentence_is_first_and_its_numbers_have_marks(name, value, english, danish):
    for said in (objection(name, value), restored(stored(objection(name, value)))):
        shown = describe_objection(said)
        assert shown.startswith("The file has at least one row")
        assert shown.endswith(f"{english} (volume_near_earlier)")
        in_danish = shown.text(Language.da)
        assert in_danish.startswith("Filen har")
        assert in_danish.endswith(f"{danish} (volume_near_earlier)")


def test_a_text_without_the_id_of_a_check_stays():
    assert describe_objection("half as many rows: 5") == "half as many rows: 5"
    said = describe_objection("same_file_elsewhere: The file is known.")
    assert said == "The file is known. (same_file_elsewhere)"

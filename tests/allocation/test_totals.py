"""Test the lines of totals in an answer, and the workbook of an answer."""

import io
from decimal import Decimal

import pyarrow as pa
import pytest
from python_calamine import CalamineWorkbook

from klynge.messages import VARIABLE
from klynge.whatif.answers import as_xlsx, lines
from klynge.whatif.what_if import Outcome


def test_the_share_of_a_total_is_rounded_half_away_from_zero():
    amounts = {"applied_amount_kr": [Decimal("3.00")], "recommended_amount_kr": [Decimal("2.00")]}
    application = {"organisation_id": ["made"], **amounts, "share": [Decimal("0.666667")]}
    total = {"grant_type": ["all"], "applications": [1], "selected": [1], **amounts}
    tables = map(pa.table, (application, {}, {}, total))
    outcome = Outcome("proportional", "call", *tables, (), ())
    assert [(row["organisation_id"], row["share"]) for row in lines(outcome)] == [
        ("made", Decimal("0.666667")),
        ("total", Decimal("0.666667")),
    ]


@pytest.mark.parametrize(
    ("language", "sheets", "headings", "cells", "pot"),
    [
        (
            "da",
            ["Fordeling", "Puljer"],
            ["organisation", "minimum opfyldt", "udvalgt", "årsag", "ikke opfyldt"],
            [
                ["made", "ikke kontrolleret", "ja", "udvalgt", ""],
                ["clean", "nej", "nej", "under minimum", "gennemsnit, kriterium A1"],
                ["i alt", "", 1.0, "", ""],
            ],
            [["pulje", "tilstand"], ["alle", "opbrugt"]],
        ),
        (
            "en",
            ["allocation", "pots"],
            ["organisation_id", "minimum_met", "selected", "reason", "failed minimum"],
            [
                ["made", "not checked", True, "selected", ""],
                ["clean", False, False, "below_minimum", "average, criterion A1"],
                ["total", "", 1.0, "", ""],
            ],
            [["pot", "pot_state"], ["all", "spent"]],
        ),
    ],
)
def test_a_workbook_has_the_words_of_the_language(
    monkeypatch, language, sheets, headings, cells, pot
):
    monkeypatch.setenv(VARIABLE, language)
    applications = {
        "organisation_id": ["made", "clean"],
        "minimum_met": [None, False],
        "selected": [True, False],
        "reason": ["selected", "below_minimum"],
        "failed": [None, "average, criterion A1"],
    }
    amounts = {"applied_amount_kr": [Decimal(3)], "recommended_amount_kr": [Decimal(2)]}
    total = {"grant_type": ["all"], "applications": [2], "selected": [1], **amounts}
    pots = {"pot": ["all"], "pot_state": ["spent"]}
    outcome = Outcome(
        "proportional", "call", *map(pa.table, (applications, {}, pots, total)), (), ()
    )
    book = CalamineWorkbook.from_filelike(io.BytesIO(as_xlsx(outcome)))
    assert book.sheet_names == sheets
    assert book.get_sheet_by_index(0).to_python() == [headings, *cells]
    assert book.get_sheet_by_index(1).to_python() == pot

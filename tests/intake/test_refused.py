"""Test the summary of a file's refused rows that the ledger keeps."""

import pytest

from klynge.intake.refused import describe_refused
from tests.intake.door import FUNDING, GRANT, check, write

LINE = GRANT.replace("2021-01", "{}").replace("1.234.567,89", "{}")


def test_rows_lines_and_money_of_refused_rows(tmp_path):
    path = write(
        tmp_path,
        "funding_2021.csv",
        FUNDING,
        LINE.format("a", "100"),
        LINE.format("b", "3 mio."),
        LINE.format("c", "(2.750,50)"),
        LINE.format("d", "ca. 500"),
        LINE.format("e", "1,50").replace("consumed", "used"),
    )
    refused = check(path).refused
    assert refused == {"rows": 4, "lines": [3, 4, 5, 6], "amounts": {"amount_kr": "2997251.00"}}
    assert describe_refused(refused) == (
        "4 rows of this file were refused: lines 3, 4, 5, 6; 2,997,251 kr. among them"
    )


def test_a_repeated_row_hides_no_money(tmp_path):
    row = LINE.format("a", "100")
    path = write(tmp_path, "funding_2021.csv", FUNDING, row, row)
    assert check(path).refused == {"rows": 1, "lines": [3], "amounts": {}}


@pytest.mark.parametrize(
    ("refused", "told"),
    [
        ({}, ""),
        ({"rows": 0, "lines": [], "amounts": {}}, ""),
        (
            {"rows": 1, "lines": [7], "amounts": {"amount_kr": "0.50"}},
            "1 row of this file was refused: line 7; 0.50 kr. among them",
        ),
        (
            {"rows": 1200, "lines": list(range(2, 1002)), "amounts": {}},
            "1,200 rows of this file were refused: "
            "lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 1,190 more",
        ),
    ],
)
def test_what_is_told_of_refused_rows(refused, told):
    assert describe_refused(refused) == told

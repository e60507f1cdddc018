"""The SQL macro and the independent parser compute the same value for every cell."""

from decimal import Decimal

from klynge.print.numbers import parse
from klynge.releases.reading import open_release


def test_both_parsers_agree_on_every_cell(published):
    answer = open_release(home=published).arrow(
        "select figure_id, printed_text, number_format, value from core.fct_published_figures"
    )
    cells = answer.to_pylist()
    assert len(cells) > 1500
    for cell in cells:
        assert cell["value"] == parse(cell["printed_text"], cell["number_format"]), cell


def test_headline_figures_stand_where_the_print_has_them(published):
    release = open_release(home=published)
    accounts = release.table("fct_performance_accounts")

    def value(indicator, breakdown, year):
        found = accounts[
            (accounts["indicator_id"] == indicator)
            & (accounts["breakdown"] == breakdown)
            & (accounts["year"] == year)
        ]
        [only] = found["value"]
        return only

    assert value("total_financing", "total", 2018) == Decimal("494.37")
    assert value("total_financing", "total", 2015) == Decimal("257.6")
    assert value("participating_companies", "under_50_employees", 2015) == 8466

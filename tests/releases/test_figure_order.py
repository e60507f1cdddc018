"""The order of differing figures: facts first, then marts, then derived tables."""

from klynge.releases.figure_order import Level, order_figures
from klynge.releases.figures import FigureDifference
from klynge.releases.row_differences import ADDED, CHANGED

MIX, STAFF = "evaluation.mart_funding_mix", "evaluation.mart_staffing"
OVERVIEW, FACT = "evaluation.mart_cluster_overview", "bi.fact_funding"


def changed(mart, key, column, before, after):
    return FigureDifference(mart, {"organisation_id": key}, column, CHANGED, before, after)


def added(mart, key, **values):
    return [
        FigureDifference(mart, {"organisation_id": key}, column, ADDED, None, value)
        for column, value in values.items()
    ]


def test_facts_come_first_and_derived_tables_last():
    marts = ["audit.mart_findings", "bi.period", OVERVIEW, MIX, FACT]
    figures = [changed(mart, "made", "amount_kr", "1", "2") for mart in marts]
    found = [one.mart for one in order_figures(figures)]
    assert found[:2] == [FACT, MIX]
    assert {Level.of(mart) for mart in found[2:]} == {Level.derived}


def test_the_largest_difference_of_a_mart_comes_first():
    figures = [
        changed(MIX, "clean", "amount_kr", "1000.00", "1000.50"),
        changed(MIX, "made", "amount_kr", "2000.00", None),
        changed(MIX, "made", "note", "a", "b"),
        changed(MIX, "made", "rows_refused", "0", "9000"),
        *added(MIX, "new", amount_kr="1500.00", rows_refused="99999"),
        changed(STAFF, "made", "full_time_equivalents", "1", "1000000"),
    ]
    staff, mix = order_figures(figures)
    assert (staff.mart, mix.mart, mix.figures) == (STAFF, MIX, 6)
    keys = [(line[0].key["organisation_id"], line[0].column, len(line)) for line in mix.lines]
    assert keys == [
        ("made", "amount_kr", 1),
        ("new", "amount_kr", 2),
        ("clean", "amount_kr", 1),
        ("made", "note", 1),
        ("made", "rows_refused", 1),
    ]


def test_a_row_without_figures_is_a_line():
    row = FigureDifference(MIX, {"organisation_id": "made"}, None, ADDED, None, None)
    [mix] = order_figures([row])
    assert mix.lines == [(row,)]

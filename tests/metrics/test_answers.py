"""Test answers and refusals on a small release that is made by hand."""

from dataclasses import replace
from decimal import Decimal

import pytest

from klynge.messages import Language, shown
from klynge.metrics.answers import answer_question
from klynge.metrics.refusals import RefusalError
from klynge.metrics.requests import Request, as_command
from klynge.metrics.tables import make_table
from tests.metrics.small_release import small_catalogue, small_release


@pytest.fixture(scope="module")
def ask():
    connection, catalogue = small_release(), small_catalogue()

    def ask(name, by=(), where=None, basis=None):
        return answer_question(connection, catalogue, Request(name, by, where or {}, basis))

    return ask


def values(answer):
    return {row.keys: row.value for row in answer.rows}


def test_a_sum_by_a_dimension(ask):
    assert values(ask("money_consumed", ["organisation"], {"period": "2021-2023"})) == {
        ("made",): Decimal(40),
        ("clean",): Decimal("5.55"),
        ("not_distributed",): Decimal("4.45"),
    }


def test_a_sum_without_a_dimension_is_one_row(ask):
    [row] = ask("money_consumed", where={"period": "2021-2023"}).rows
    assert (row.value, row.bases, row.completeness) == (Decimal(50), ("published",), "printed")


@pytest.mark.parametrize("period", ["year", "Periode", "PERIOD", "år"])
def test_dimensions_and_values_are_found_by_any_of_their_names(ask, period):
    answer = ask("cluster grant", [period], {"organisation": "MADE", "source": "klyngebevilling"})
    assert values(answer) == {("2021-2023",): 30, ("2024",): 7, ("2025_so_far",): 1}


def test_a_word_of_a_name_is_not_read_as_a_dimension_of_other_metrics():
    catalogue = small_catalogue()
    table = catalogue.tables["evaluation.mart_company_mix"]
    others = {"source": replace(table.dimensions["category"], name="source")}
    catalogue.tables[table.name] = replace(table, dimensions={**table.dimensions, **others})
    with pytest.raises(RefusalError, match="money_consumed is not known by source"):
        answer_question(small_release(), catalogue, Request("money_consumed", ["source"]))


def test_a_period_so_far_says_how_many_have_reported(ask):
    [row] = ask("money_consumed", where={"period": "2025 so far"}).rows
    assert (row.completeness, row.reporters) == ("partial", (3, 14))


def test_the_row_of_an_organisation_says_how_complete_its_own_reports_are(ask):
    for by, where in ((["organisation"], {}), ([], {"organisation": "made"})):
        answer = ask("money_consumed", by, {"period": "2025_so_far", **where})
        [row] = answer.rows
        assert (row.completeness, row.reporters) == ("rows_refused", (1, 1))
        assert (row.rows_refused, row.refused_amount_kr) == (2, Decimal("1000.50"))
        # an organisation that has not reported has no row; the answer says how many have reported
        assert answer.reporters == (((3, 14),) if by else ())


def test_an_answer_by_completeness_has_the_state_of_the_whole_period(ask):
    [row] = ask("money_consumed", ["organisation", "completeness"], {"period": "2025_so_far"}).rows
    assert (row.completeness, row.reporters, row.rows_refused) == ("partial", None, 2)


def test_an_answer_counts_the_refused_rows_of_a_file_once(ask):
    [row] = ask("money_consumed", where={"period": "2025_so_far"}).rows
    assert (row.rows_refused, row.refused_amount_kr) == (5, Decimal("1000.50"))
    by_source = ask("money_consumed", ["source", "organisation"], {"period": "2025_so_far"})
    assert by_source.refused == (2, Decimal("1000.50"))
    assert ask("money_consumed", where={"period": "2024"}).refused == (0, None)


def test_a_period_that_is_not_complete_is_named_with_its_figures_so_far(ask):
    with pytest.raises(RefusalError, match="3 of 14 reporters have reported 2025") as refusal:
        ask("money_consumed", where={"period": "2025"})
    assert "period=2025_so_far" in str(refusal.value)


@pytest.mark.parametrize(
    ("by", "where"),
    [
        (["organisation"], {"period": "2025"}),
        (["organisation", "period"], {"period": "2025"}),
        (["period"], {"organisation": "made", "period": "2025"}),
        ([], {"period": "2025", "organisation": ["MADE"]}),
    ],
)
def test_an_organisation_that_has_reported_a_period_can_be_asked_for_it(ask, by, where):
    answer = ask("money_consumed", by, where)
    [row] = answer.rows
    assert (row.value, row.completeness, row.reporters) == (1, "rows_refused", (1, 1))
    table = make_table(answer, Language.da)
    if "period" in by:
        assert (table["period_id"][0].as_py(), table["period"][0].as_py()) == ("2025", "2025")


def test_the_period_of_all_organisations_together_stays_so_far(ask):
    answer = ask("money_consumed", ["period"], {"period": "2025_so_far"})
    assert make_table(answer, Language.da)["period"][0].as_py() == "2025 indtil nu"


def test_an_unknown_name_is_answered_with_labels_and_names(ask):
    for name, where, suggested in (
        ("forbrugt", {}, "Forbrug (money_consumed)"),
        ("money_consumed", {"kilden": "x"}, "Finansieringskilde (funding_source)"),
        ("money_consumed", {"organisation": "mad"}, "made"),
    ):
        with pytest.raises(RefusalError) as refusal:
            ask(name, where=where)
        assert suggested in shown(refusal.value.message, Language.da)


def test_values_are_parameters(ask):
    with pytest.raises(RefusalError, match="has no value"):
        ask("money_consumed", where={"organisation": "made' or '1'='1"})


def test_a_ratio_divides_sums_exactly(ask):
    answer = ask("private_cofinancing", where={"period": "2021-2023"})
    [row] = answer.rows
    assert row.operands == (Decimal("15.55"), Decimal(30))
    assert row.value == Decimal("51.83")
    by = ask("private_cofinancing", ["organisation"], {"period": "2021-2023"})
    # a ratio is null if its denominator is zero
    assert values(by) == {("made",): Decimal("33.33"), ("clean",): None}


def test_a_ratio_is_rounded_half_away_from_zero(ask):
    # 1 of 7 is 14.2857 per cent
    made = ask("private_cofinancing", where={"period": "2024", "organisation": "made"})
    assert [row.value for row in made.rows] == [Decimal("14.29")]


def test_a_figure_without_an_organisation_is_that_of_the_country(ask):
    [row] = ask("smes_under_250", where={"period": "2023"}).rows
    assert row.value == 49
    assert row.reporters == (2, 2)
    [row] = ask("smes_under_250", where={"period": "2024"}).rows
    assert (row.value, row.reporters, row.completeness) == (30, (1, 2), "partial")


def test_a_figure_by_organisation_leaves_out_the_country(ask):
    answer = ask("smes_under_250", ["organisation"], {"period": "2023"})
    assert values(answer) == {("made",): 37, ("clean",): None}
    assert [row.is_withheld for row in answer.rows] == [True, False]


def test_the_print_stands_before_reports_of_some(ask):
    assert values(ask("coverage", ["organisation", "period"])) == {
        ("made", "2021"): Decimal("2.22"),
        ("clean", "2021"): Decimal("0.47"),
        ("clean", "2022"): Decimal("0.50"),
    }
    reported = ask("coverage", ["organisation", "period"], basis="reported")
    assert values(reported)[("made", "2021")] == Decimal("2.50")


@pytest.mark.parametrize(
    ("question", "why", "instead"),
    [
        (("mony_consumed",), "no metric", "money_consumed"),
        (("tilskud_",), "no metric", "money_consumed"),
        (("money_consumed", ["organization"]), "has no dimension", "organisation"),
        (("money_consumed", ["category"]), "is not known by category", "ask it by organisation"),
        (("money_consumed", ["organisation"] * 2), "given twice", "once"),
        (("money_consumed", [], {"organisation": "mde"}), "has no value", "made"),
        (("money_consumed", [], {"period": "2018"}), "break in the series", "accounts_financing"),
        (("money_consumed", [], {"period": "2019"}), "has no value", "2024"),
        (
            ("money_consumed", [], {"organisation": "Danmark"}),
            "denmark",
            "--by period",
        ),
        (("cluster_grant", [], {"source": "EU"}), "no figures for funding_source", "cluster_grant"),
        (("money_consumed", [], {"period": ["2021-2023", "2024"]}), "bases", "--by period"),
        (("money_consumed", [], {}, "sample"), "no figures of the basis", "--basis published"),
        (("cluster_grant", [], {}, "reported"), "not all organisations", "--where period"),
        (("smes_under_250",), "distinct companies", "--by period"),
        (
            ("smes_under_250", [], {"organisation": ["made", "clean"], "period": "2023"}),
            "distinct companies",
            "--by organisation",
        ),
        (
            ("smes_under_250", [], {"organisation": ["denmark", "made"], "period": "2023"}),
            "is a total of other values",
            "--by organisation",
        ),
        (("coverage", [], {"period": "2021"}), "all of organisation", "--by organisation"),
        (
            ("coverage", [], {"organisation": ["made", "clean"], "period": "2021"}),
            "percentages",
            "--by organisation",
        ),
    ],
)
def test_a_question_without_meaning_is_refused(ask, question, why, instead):
    with pytest.raises(RefusalError) as refusal:
        ask(*question)
    assert why in str(refusal.value)
    assert instead in str(refusal.value)
    assert shown(refusal.value.message, Language.da) != str(refusal.value)


def test_a_printed_figure_is_only_named_for_its_own_number(ask):
    [row] = ask("cluster_grant", where={"period": "2021-2023"}).rows
    assert row.printed_figures == ("dfir_2024#t7.total.cluster_grant",)
    by = ask("cluster_grant", ["organisation"], {"period": "2021-2023"})
    assert [row.printed_figures for row in by.rows] == [(), ("dfir_2024#t7.made.cluster_grant",)]
    # the sum of an organisation's sources is printed nowhere
    [row] = ask("money_consumed", where={"period": "2021-2023", "organisation": "made"}).rows
    assert row.printed_figures == ()
    # the cell of CLEAN is a share from which the figure is computed
    by = ask("coverage", ["organisation"], {"period": "2021"})
    assert [row.printed_figures for row in by.rows] == [(), ("dfir_2024#t1.made",)]


def test_periods_of_several_years_come_after_their_years(ask):
    by = ask("smes_under_250", ["period"], {"organisation": "made"})
    assert [row.keys for row in by.rows] == [("2023",), ("2024",)]
    by = ask("money_consumed", ["period"], {"organisation": "made"})
    assert [row.keys for row in by.rows] == [("2024",), ("2025_so_far",), ("2021-2023",)]


def test_an_answer_without_rows_names_questions_that_have_some(ask):
    found = ask("money_consumed", where={"organisation": "made", "source": "eu"})
    assert found.rows == ()
    named = [as_command(one) for one in found.instead]
    assert named == ["klynge metric money_consumed --where funding_source=eu"]

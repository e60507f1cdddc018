"""Run checks: test the verdicts, the sources of failing rows, and that no error passes."""

import json
from dataclasses import asdict

import pytest
from great_expectations import expectations as gx

from expectations.checkpoint import LISTED_ROWS, run_checkpoint
from expectations.declaration import build_suite
from expectations.results import describe

TABLE = "core.fct_published_figures"
KEYS = ("figure_id", "source_row_key")


def rule(query, check_id="a_rule"):
    return gx.UnexpectedRowsExpectation(
        unexpected_rows_query=query, description="It holds.", meta={"check_id": check_id}
    )


def named(expectation, check_id):
    expectation.meta = {"check_id": check_id}
    return expectation


def run(database, expectations, table=TABLE, keys=KEYS):
    suite = build_suite(table, expectations, keys=keys)
    return list(describe(run_checkpoint(database.path, "a_checkpoint", [suite])))


def judge(database, expectation, **where):
    (result,) = run(database, [expectation], **where)
    return result


def numbered(expectation, *, holds):
    verdict = "holds" if holds else "fails"
    return pytest.param(expectation, holds, id=f"{type(expectation).__name__}-{verdict}")


KINDS = [
    parameter
    for kind, right, wrong in [
        (gx.ExpectTableRowCountToBeBetween, {"min_value": 4}, {"max_value": 3}),
        (gx.ExpectTableRowCountToEqual, {"value": 4}, {"value": 5}),
        (gx.ExpectTableColumnCountToEqual, {"value": 8}, {"value": 9}),
        (gx.ExpectColumnToExist, {"column": "value"}, {"column": "amount_kr"}),
        (
            gx.ExpectColumnValuesToBeBetween,
            {"column": "line_number", "min_value": 7, "max_value": 14},
            {"column": "value", "max_value": 337.94},
        ),
        (
            gx.ExpectColumnValuesToBeInSet,
            {"column": "placement", "value_set": ["printed", "inferred"]},
            {"column": "placement", "value_set": ["printed"]},
        ),
        (
            gx.ExpectColumnValuesToNotBeInSet,
            {"column": "placement", "value_set": ["ambiguous"]},
            {"column": "placement", "value_set": ["inferred"]},
        ),
        (gx.ExpectColumnValuesToNotBeNull, {"column": "placement"}, {"column": "value"}),
        (gx.ExpectColumnValuesToBeUnique, {"column": "figure_id"}, {"column": "document_id"}),
        (
            gx.ExpectColumnValueLengthsToEqual,
            {"column": "figure_id", "value": 2},
            {"column": "printed_text", "value": 2},
        ),
        (
            gx.ExpectColumnPairValuesAToBeGreaterThanB,
            {
                "column_A": "value",
                "column_B": "line_number",
                "ignore_row_if": "either_value_is_missing",
            },
            {
                "column_A": "line_number",
                "column_B": "value",
                "ignore_row_if": "either_value_is_missing",
            },
        ),
        (
            gx.ExpectColumnDistinctValuesToBeInSet,
            {"column": "number_format", "value_set": ["danish", "text", "dash"]},
            {"column": "number_format", "value_set": ["danish"]},
        ),
        (
            gx.ExpectColumnDistinctValuesToContainSet,
            {"column": "number_format", "value_set": ["danish"]},
            {"column": "number_format", "value_set": ["danish", "word"]},
        ),
        (
            gx.ExpectColumnUniqueValueCountToBeBetween,
            {"column": "document_id", "max_value": 2},
            {"column": "document_id", "max_value": 1},
        ),
        (
            gx.ExpectColumnProportionOfNonNullValuesToBeBetween,
            {"column": "value", "min_value": 0.5},
            {"column": "value", "min_value": 0.6},
        ),
        (
            gx.ExpectColumnMaxToBeBetween,
            {"column": "line_number", "max_value": 14},
            {"column": "line_number", "max_value": 13},
        ),
        (
            gx.ExpectColumnMeanToBeBetween,
            {"column": "line_number", "min_value": 11, "max_value": 12},
            {"column": "line_number", "max_value": 11},
        ),
        (
            gx.ExpectColumnSumToBeBetween,
            {"column": "line_number", "min_value": 46, "max_value": 46},
            {"column": "line_number", "max_value": 45},
        ),
        (
            gx.UnexpectedRowsExpectation,
            {"unexpected_rows_query": "select * from {batch} where line_number < 1"},
            {
                "unexpected_rows_query": "select figure_id, source_row_key, line_number"
                " from {batch} where line_number > 1"
            },
        ),
    ]
    for parameter in (numbered(kind(**right), holds=True), numbered(kind(**wrong), holds=False))
]


@pytest.mark.parametrize(("expectation", "holds"), KINDS)
def test_every_kind_of_expectation_works_on_duckdb(figures, expectation, holds):
    result = judge(figures, expectation)
    assert result.error is None
    assert result.passed is holds
    assert result.observed
    lists_rows = "failing rows" in result.observed and not holds
    assert bool(result.failing_rows) is lists_rows
    assert result.failing_count == len(result.failing_rows)
    assert all(list(row)[:2] == list(KEYS) for row in result.failing_rows)


def test_failing_rows_name_themselves_and_their_source(figures):
    result = judge(figures, rule("select * from {batch} where value is null"))
    assert not result.passed
    assert result.observed == "failing rows: 2"
    assert [(r["figure_id"], r["source_row_key"]) for r in result.failing_rows] == [
        ("f3", "konto_2018#c3"),
        ("f4", "bilag_2025#c1"),
    ]
    assert result.failing_rows[0]["value"] == "null"


def test_rows_are_counted_in_full_and_listed_up_to_the_cap_in_order_of_their_keys(figures):
    figures.sql(
        f"insert into {TABLE} select 'x' || lpad(i::varchar, 4, '0'), 'd', 1, '', null, 'text',"
        " 'printed', 'd#' || i from range(999, -1, -1) as r(i)"
    )
    by_sql = judge(figures, rule("select * from {batch} where document_id = 'd' order by all"))
    by_kind = judge(
        figures, gx.ExpectColumnValuesToNotBeInSet(column="document_id", value_set=["d"])
    )
    assert by_sql.failing_count == by_kind.failing_count == 1000
    assert len(by_sql.failing_rows) == len(by_kind.failing_rows) == LISTED_ROWS
    assert by_sql.failing_rows[0]["figure_id"] == "x0000"
    assert by_kind.observed == "failing rows: 1000 of 1004"


def test_repeated_values_are_counted_exactly_and_nulls_are_none(figures):
    assert judge(figures, gx.ExpectColumnValuesToBeUnique(column="value")).passed, (
        "two nulls are no repeated value"
    )
    figures.sql(
        f"insert into {TABLE} select 'z' || i, 'd', 1, '', if(i < 3, 18058, 337.95), '', '', 'd#'"
        " from range(5) r(i)"
    )
    result = judge(figures, gx.ExpectColumnValuesToBeUnique(column="value"))
    assert result.observed == "failing rows: 7 of 9"
    assert {row["value"] for row in result.failing_rows} == {"18058", "337.95"}
    assert len(result.failing_rows) == 7


def test_a_result_is_json_with_danish_text_and_whole_decimals(figures):
    figures.sql(f"update {TABLE} set value = 99999999999999.999999 where figure_id = 'f3'")
    result = judge(
        figures, rule("select *, date '2025-01-31' as day from {batch} where figure_id = 'f3'")
    )
    stored = json.loads(json.dumps(asdict(result), ensure_ascii=False))
    (row,) = stored["failing_rows"]
    assert row["value"] == "99999999999999.999999"
    assert row["printed_text"] == "Rødgrød på Ærø"
    assert row["day"] == "2025-01-31"
    assert set(stored) == {
        *("check_id", "looks_at", "says", "passed", "observed"),
        *("failing_rows", "failing_count", "seconds", "error"),
    }


def test_a_rule_compares_decimals_exactly(figures):
    figures.sql(f"update {TABLE} set value = 99999999999999.999999 where figure_id = 'f3'")
    result = judge(figures, rule("select * from {batch} where value > 99999999999999.999998"))
    assert result.failing_count == 1


def test_a_result_reads_as_a_text(figures):
    figures.sql(
        f"insert into {TABLE} select 'y' || i, 'd', 1, '', 1, '', '', 'd#' from range(30) r(i)"
    )
    result = judge(
        figures, rule("select figure_id, source_row_key from {batch} order by all", "none")
    )
    lines = str(result).splitlines()
    assert lines[:4] == [
        "FAILED: none on core.fct_published_figures",
        "  It holds.",
        "  observed: failing rows: 34",
        "  - figure_id: f1, source_row_key: konto_2018#c1",
    ]
    assert lines[-1] == "  … and 14 more"


@pytest.mark.parametrize(
    ("query", "failing"),
    [
        pytest.param("select * from {batch} where value > 400", 1, id="plain"),
        pytest.param(
            "select f.* from {batch} as f join core.fct_published_figures as other"
            " on f.value is not distinct from other.value and f.figure_id < other.figure_id",
            1,
            id="join",
        ),
        pytest.param(
            "with printed as (select * from {batch} where placement = 'printed')"
            " select * from printed where line_number > 12",
            2,
            id="cte",
        ),
    ],
)
def test_a_rule_is_plain_sql(figures, query, failing):
    result = judge(figures, rule(query))
    assert result.error is None
    assert result.failing_count == failing


@pytest.mark.parametrize(
    ("expectation", "where", "error"),
    [
        pytest.param(
            gx.ExpectTableRowCountToBeBetween(min_value=0),
            {"table": "core.absent"},
            "absent does not exist",
            id="table",
        ),
        pytest.param(
            gx.ExpectColumnValuesToNotBeNull(column="absent"), {}, '"absent"', id="column"
        ),
        pytest.param(rule("select absent from {batch}"), {}, '"absent" not found', id="sql-column"),
        pytest.param(rule("select from where {batch}"), {}, "syntax error", id="sql-syntax"),
        pytest.param(
            rule("select * from {batch} where printed_text::integer > 0"),
            {},
            "Could not convert",
            id="sql-at-run-time",
        ),
        pytest.param(
            gx.ExpectColumnValuesToNotBeNull(column="value"),
            {"keys": ("absent",)},
            "absent",
            id="key",
        ),
        pytest.param(
            gx.ExpectColumnValuesToMatchRegex(column="figure_id", regex="f"),
            {},
            "not supported",
            id="kind",
        ),
    ],
)
def test_a_check_that_cannot_be_made_is_a_failure_with_its_error(
    figures, expectation, where, error
):
    result = judge(figures, expectation, **where)
    assert not result.passed
    assert error in result.error
    assert "\n" not in result.error


def test_a_failure_whose_rows_cannot_be_listed_says_so_and_keeps_its_count(figures):
    expectation = gx.ExpectCompoundColumnsToBeUnique(column_list=["document_id", "placement"])
    no_keys = judge(figures, expectation, keys=())
    assert not no_keys.passed
    assert no_keys.failing_count == 3
    assert "lists no keys of the failing rows" in no_keys.error


def test_an_error_does_not_touch_the_other_checks(figures):
    suites = [
        build_suite(
            TABLE,
            [
                named(gx.ExpectTableRowCountToEqual(value=4), "before"),
                rule("select * from {batch} where printed_text::integer > 0", "at_run_time"),
                named(gx.ExpectColumnValuesToNotBeNull(column="absent"), "no_column"),
                named(gx.ExpectColumnMaxToBeBetween(column="line_number", max_value=14), "after"),
                rule("select * from {batch} where false", "after_too"),
            ],
            keys=KEYS,
        ),
        build_suite(
            "core.absent",
            [named(gx.ExpectTableRowCountToEqual(value=4), "no_table")],
        ),
    ]
    results = list(describe(run_checkpoint(figures.path, "a_checkpoint", suites)))
    assert {r.check_id: r.passed for r in results} == {
        "before": True,
        "at_run_time": False,
        "no_table": False,
        "no_column": False,
        "after": True,
        "after_too": True,
    }


def test_the_seconds_of_a_table_are_shared_by_its_checks(figures):
    results = run(
        figures,
        [rule("from {batch} where false", "a"), rule("from {batch} where 1 > 2", "b")],
    )
    assert results[0].seconds == results[1].seconds > 0

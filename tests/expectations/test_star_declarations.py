"""The checks of the star cover all that its yml files declare, even a new fact or column."""

from dataclasses import replace

import duckdb
import pytest

from expectations.metric_sums import write_metric_sums
from expectations.suites.star import (
    METRIC_SUMS,
    Fact,
    PrintedTotal,
    compare_with_metrics,
    read_facts,
)
from klynge.metrics.declarations import Catalogue, Dimension, FigureTable, Metric

FACT = """
models:
  - name: fact_visits
    columns:
      - name: day
        constraints:
          - {type: foreign_key, to: ref('date'), to_columns: [date_id]}
        config: {meta: {}}
      - name: visits
        config:
          meta:
            printed_totals:
              - {figure_id: "report#visits", where: {day: "2024-01-01"}, rounded_to: 100}
      - name: hours
        config: {meta: {not_printed: Nobody prints hours.}}
  - name: date
    columns:
      - name: date_id
        constraints: [{type: primary_key}]
        config: {meta: {}}
"""


def test_a_new_fact_is_checked_by_its_declaration(tmp_path):
    (tmp_path / "fact_visits.yml").write_text(FACT)
    [fact] = read_facts(tmp_path)
    assert fact.dimensions == {"day": ("bi.date", "date_id")}
    assert fact.measures == ("visits", "hours")
    assert fact.printed_totals == (
        PrintedTotal("visits", "report#visits", {"day": "2024-01-01"}, 100),
    )
    assert fact.not_printed == {"hours": "Nobody prints hours."}


def test_every_number_of_a_fact_is_a_measure_that_may_be_added_up():
    facts = read_facts()
    assert {fact.name for fact in facts} >= {"bi.fact_funding", "bi.fact_applications"}
    assert all(isinstance(fact, Fact) and fact.measures for fact in facts)


def test_a_measure_has_a_printed_total_or_says_why_it_has_none():
    for fact in read_facts():
        printed = {one.measure for one in fact.printed_totals}
        assert printed | set(fact.not_printed) == set(fact.measures), fact.name
        assert not printed & set(fact.not_printed), fact.name


VISITS = Fact(
    "bi.fact_visits",
    {"place_id": ("bi.place", "place_id"), "day": ("bi.date", "date_id")},
    ("visits", "hours"),
    (),
)


@pytest.fixture
def visits():
    """A small star: a fact with two dimensions and two measures."""
    connection = duckdb.connect()
    connection.execute(
        """
        create schema bi;
        create schema comparison;
        create table bi.place as from (values ('a', 'A'), ('b', 'B')) t(place_id, name_da);
        create table bi.date as from (values (date '2024-01-01')) t(date_id);
        create table bi.fact_visits as
            select *, 'reported' as basis_id, 'complete' as completeness_id, '2024' as period_id
            from (values ('a', 3, 1.25), ('b', 4, 2.5), ('b', 5, null)) t(place_id, visits, hours),
                bi.date d(day);
        """
    )
    return connection


def dimension(name, column):
    return Dimension(name, column, name, name, None, ())


def metric(name, expression, **more):
    return Metric(
        *(name, "sum", name, name, "", "", "number", 0, "", ""),
        **{"table": VISITS.name, "expression": expression, **more},
    )


TABLE = FigureTable(
    VISITS.name,
    frozenset({"place_id", "day", "visits", "hours"}),
    {
        "place": dimension("place", "place_id"),
        "basis": dimension("basis", "basis_id"),
        "completeness": dimension("completeness", "completeness_id"),
        "period": dimension("period", "period_id"),
    },
)
BOTH = (metric("visits", "visits"), metric("hours", "hours"))


def differences(connection, metrics, facts=(VISITS,), table=TABLE):
    catalogue = Catalogue({one.name: one for one in metrics}, {table.name: table})
    connection.execute(f"drop table if exists {METRIC_SUMS}")
    write_metric_sums(connection, catalogue, facts)
    found = connection.execute(compare_with_metrics(facts))
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_a_metric_that_is_the_plain_sum_has_no_difference(visits):
    assert differences(visits, BOTH) == []
    # decimals that the metric does not show are compared as well
    assert visits.execute(f"select max(total) from {METRIC_SUMS} where metric = 'hours'").fetchone()
    visits.execute("delete from bi.fact_visits")
    assert differences(visits, BOTH) == []


@pytest.mark.parametrize(
    "altered",
    [
        metric("visits", "visits", condition="place_id <> 'a'"),
        metric("visits", "2 * visits"),
        metric("visits", "hours"),
        metric("visits", "visits", table="bi.fact_others"),
        metric("hours_again", "hours"),
    ],
)
def test_a_measure_without_its_metric_is_found(visits, altered):
    found = differences(visits, (altered, BOTH[1]))
    assert {row["measure"] for row in found} == {"visits"}
    assert "all" in {row["dimension"] for row in found}
    assert all(row["metric"] is None for row in found)


def test_a_metric_over_the_wrong_column_is_found(visits):
    wrong = replace(TABLE, dimensions={**TABLE.dimensions, "place": dimension("place", "basis_id")})
    found = differences(visits, BOTH, table=wrong)
    assert {row["dimension"] for row in found} == {"place_id"}


def test_a_new_measure_or_dimension_is_compared(visits):
    visits.execute("alter table bi.fact_visits add column cost integer default 7")
    new = replace(VISITS, measures=(*VISITS.measures, "cost"))
    assert {row["measure"] for row in differences(visits, BOTH, (new,))} == {"cost"}
    assert differences(visits, (*BOTH, metric("cost", "cost")), (new,)) == []
    visits.execute(
        "create table bi.weather as from (values ('rain')) t(weather_id);"
        "alter table bi.fact_visits add column weather_id varchar default 'rain'"
    )
    other = replace(
        VISITS, dimensions={**VISITS.dimensions, "weather_id": ("bi.weather", "weather_id")}
    )
    assert {row["dimension"] for row in differences(visits, BOTH, (other,))} == {"weather_id"}


def test_a_row_that_a_join_loses_differs_from_the_metric(visits):
    visits.execute("update bi.fact_visits set place_id = null where visits = 3")
    found = differences(visits, BOTH)
    assert {(row["dimension"], row["key"]) for row in found} == {("place_id", "not_stated")}

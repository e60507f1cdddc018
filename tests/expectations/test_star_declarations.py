"""The checks of the star cover all that its yml files declare, even a new fact or column."""

from expectations.suites.star import Fact, read_facts

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
              - {figure_id: "report#visits", where: {day: 2024-01-01}}
      - name: hours
        config: {meta: {}}
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
    [(measure, figure_id, where)] = fact.printed_totals
    assert (measure, figure_id, [*where]) == ("visits", "report#visits", ["day"])


def test_every_number_of_a_fact_is_a_measure_that_may_be_added_up():
    facts = read_facts()
    assert {fact.name for fact in facts} >= {"bi.fact_funding", "bi.fact_applications"}
    assert all(isinstance(fact, Fact) and fact.measures for fact in facts)

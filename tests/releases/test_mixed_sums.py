"""Test the note on sums that add rows which are never added."""

import pytest

from klynge.releases.mixed_sums import describe_mixed_sums
from klynge.releases.reading import open_release

MIX = "from evaluation.mart_funding_mix"


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        (f"select sum(amount_kr) {MIX}", "row_kind"),
        (f"select funding_source, sum(amount_kr) as kr {MIX} group by all", "row_kind"),
        (f"select round(sum(m.amount_kr) / 1e6) {MIX} as m where basis = 'published'", "row_kind"),
        (f"with x as (select sum(amount_kr) as kr {MIX}) select kr from x", "row_kind"),
        (f"select sum(amount_kr) {MIX} where row_kind = 'leaf'", None),
        (f"select row_kind, sum(amount_kr) {MIX} group by 1", None),
        (f"select organisation_id, sum(amount_kr) {MIX} group by organisation_id", None),
        (f"select count(*) {MIX}", None),
        ("select sum(amount_kr) from bi.fact_funding", None),
        (f"select consumed {MIX}", None),
    ],
)
def test_a_sum_of_totals_and_parts_is_named(published, sql, columns):
    said = describe_mixed_sums(open_release(home=published), sql)
    if columns is None:
        assert said is None
    else:
        assert f"choose rows by {columns}, or" in said


def test_a_sum_over_bases_and_over_years_with_their_period_is_named(sampled):
    said = describe_mixed_sums(open_release(home=sampled), f"select sum(amount_kr) {MIX}")
    assert "choose rows by row_kind, period_kind, basis, or" in said

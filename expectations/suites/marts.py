"""What the marts compute: shares and sums that hold, results that the audit comes to as well."""

from collections.abc import Iterable

from great_expectations.expectations import ExpectColumnValuesToBeBetween

from expectations.check import Check, no_row_breaks

_MIX = "evaluation.mart_funding_mix"
_OVERVIEW = "evaluation.mart_cluster_overview"
_ATTENDANCE = "evaluation.mart_activity_attendance"
_AUDIT = "audit.mart_figure_reconciliation"

#: Each share is rounded to two decimals, so as many halves of a hundredth may be missing.
_SHARES = """
    select scope, organisation_id, period_id, series_id, basis, sum(share_percent) as shares,
        min(figure_id) as figure_id
    from {batch}
    where part_of is null
    group by scope, organisation_id, period_id, series_id, basis
    having abs(sum(share_percent) - 100) > 0.005 * count(*)
"""

_TOTALS = """
    select m.figure_id, m.period_id, m.printed_total_kr, t.amount_kr as printed_kr,
        m.sum_of_sources_kr, 1000000 * r.recomputed_value as audited_kr
    from {batch} m
    join core.fct_funding_sources t
        on m.period_id = t.period_id and m.scope = t.scope
        and t.funding_source = 'total' and t.amount_kind = 'consumed'
    join audit.mart_figure_reconciliation r
        on t.figure_id = r.figure_id and r.rule_id = 'sum_of_parts'
    where m.printed_total_kr is distinct from t.amount_kr
        or m.sum_of_sources_kr is distinct from 1000000 * r.recomputed_value
"""

#: Members and participants count once for each organisation they belong to.
_OVERLAP = """
    select indicator_id, breakdown, period_id, basis, sum(share_percent) as shares,
        min(national_figure_id) as figure_id
    from {batch}
    where indicator_id in ('members', 'participants')
    group by indicator_id, breakdown, period_id, basis
    having sum(share_percent) < 100
"""

_DEVELOPMENT = """(
    select m.change, m.average_per_cluster, a.change_figure_id, a.average_figure_id
    from evaluation.mart_performance_development m
    join core.fct_performance_accounts a using (figure_id)
)"""

#: Of the call: what follows from other print. The cover's table is computed from the grants, where
#: the audit sets it beside their sum; that a loser gets nothing is no rule of the audit.
_CALL = """(
    from audit.mart_call_print
    where basis = 'published' and table_id <> 'areas' and computed_value <> 0
)"""
_COMPETITORS = (
    "(from scores.mart_score_comparison where basis = 'published' and agrees is not null)"
)

#: What is computed beside a printed figure: its column, the column that names the figure, and the
#: decimals it is rounded to.
_COMPUTED = (
    ("core.fct_performance_accounts", "recomputed_change", "change_figure_id", 6),
    ("core.fct_performance_accounts", "recomputed_average_per_cluster", "average_figure_id", 6),
    ("core.fct_performance_accounts", "recomputed_average_change", "average_change_figure_id", 6),
    (_DEVELOPMENT, "change", "change_figure_id", 1),
    (_DEVELOPMENT, "average_per_cluster", "average_figure_id", 2),
    ("evaluation.mart_participation_coverage", "coverage_percent", "figure_id", 2),
    (_CALL, "computed_value", "figure_id", 6),
    (_COMPETITORS, "value", "figure_id", 6),
    (_COMPETITORS, "other_value", "other_figure_id", 6),
)

#: The audit's rules for these.
_RULES = (
    "average_per_cluster",
    "change_in_percent",
    "change_in_points",
    "coverage",
    "grants_together",
    "mean_of_two_scores",
    "per_million_applied",
    "sum_over_organisations",
)

_OTHER_RESULT = "\nunion all\n".join(
    f"""
    select f.figure_id, r.rule_id, '{column}' as computed_as, t.{column} as computed,
        r.recomputed_value as audited
    from {table} t
    join core.fct_published_figures f on t.{figure} = f.figure_id and f.value is not null
    left join {{batch}} r on f.figure_id = r.figure_id and r.rule_id in {_RULES}
    where t.{column} is distinct from round(r.recomputed_value, {decimals})
    """
    for table, column, figure, decimals in _COMPUTED
)


def checks() -> Iterable[Check]:
    """Shares, sums and results of the marts."""
    yield no_row_breaks(
        check_id="results_are_those_of_the_audit",
        looks_at=_AUDIT,
        says="What is computed beside a printed figure is what the audit recomputes for it.",
        broken_by=_OTHER_RESULT,
        keys=("figure_id", "computed_as"),
    )
    yield no_row_breaks(
        check_id="funding_shares_add_up",
        looks_at=_MIX,
        says="The shares of an organisation's sources in a period add up to 100 per cent.",
        broken_by=_SHARES,
        keys=("figure_id", "period_id"),
    )
    yield no_row_breaks(
        check_id="funding_totals_are_those_of_the_audit",
        looks_at=_MIX,
        says="A year's total is the printed one, its sum of sources the one that the audit finds.",
        broken_by=_TOTALS,
        keys=("figure_id", "period_id"),
    )
    yield no_row_breaks(
        check_id="overview_overlapping_shares_exceed_whole",
        looks_at=_OVERVIEW,
        says="Members and participants count once for each organisation: shares exceed 100.",
        broken_by=_OVERLAP,
        keys=("indicator_id", "figure_id"),
    )
    yield Check(
        check_id="attendance_is_plausible",
        looks_at=_ATTENDANCE,
        says="An activity has more than no and fewer than a thousand participants on average.",
        expectation=ExpectColumnValuesToBeBetween(
            column="average_participants", min_value=0, strict_min=True, max_value=1000
        ),
        keys=("figure_id", "organisation_id", "activity_type_id"),
    )

{#
  Counts the rows of each mart by period and basis, and how many of these rows are withheld. A row
  about a call counts for the period of the call. The period 2024_so_far counts as the year 2024.
#}
{% set periods = {
    'mart_accounts_funding': 'period_id',
    'mart_activity_attendance': 'period_id',
    'mart_activity_mix': 'period_id',
    'mart_cluster_overview': 'period_id',
    'mart_company_mix': 'period_id',
    'mart_funding_mix': 'period_id',
    'mart_industry_mix': 'period_id',
    'mart_industry_ranking': 'period_id',
    'mart_institution_participation': 'period_id',
    'mart_international_participation': 'period_id',
    'mart_participant_profile': 'period_id',
    'mart_participation_coverage': 'period_id',
    'mart_performance_development': 'cast(year as varchar)',
    'mart_retention': 'period_id',
    'mart_staffing': 'period_id',
    'mart_target_progress': 'period_id',
    'mart_application_scores': 'call_id',
    'mart_score_comparison': 'call_id',
    'mart_score_sensitivity': 'call_id',
    'mart_score_turning_points': 'call_id',
    'mart_allocation': 'call_id',
    'mart_allocation_proof': 'call_id',
    'mart_allocation_reconciliation': 'call_id',
    'mart_allocation_scenarios': 'call_id',
    'mart_awards': 'call_id',
    'mart_expected_results': 'call_id',
    'mart_expected_totals': 'call_id',
} %}
{% set facts = [
    'fact_accounts_funding',
    'fact_activities',
    'fact_applications',
    'fact_expected_results',
    'fact_funding',
    'fact_memberships',
    'fact_participations',
    'fact_pots',
    'fact_staff',
] %}
{% set with_withheld_rows = [
    'mart_company_mix',
    'mart_industry_mix',
    'mart_industry_ranking',
    'mart_participant_profile',
    'mart_participation_coverage',
    'mart_retention',
] %}
with

by_period as (
    {% for mart, period in periods.items() %}
        select
            '{{ mart }}' as table_name,
            {{ period }} as period_id,
            basis,
            {{ 'is_withheld' if mart in with_withheld_rows else 'false' }} as is_withheld
        from {{ ref(mart) }}
        union all
    {% endfor %}
    {% for fact in facts %}
        select
            '{{ fact }}' as table_name,
            replace(period_id, '_so_far', '') as period_id,
            basis_id as basis,
            false as is_withheld
        from {{ ref(fact) }}
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}
)

select
    by_period.table_name,
    coalesce(calls.period_id, by_period.period_id) as period_id,
    by_period.basis,
    count(*) as mart_rows,
    sum(case when by_period.is_withheld then 1 else 0 end) as withheld_rows
from by_period
left join {{ ref('dim_call') }} as calls on by_period.period_id = calls.call_id
group by by_period.table_name, coalesce(calls.period_id, by_period.period_id), by_period.basis

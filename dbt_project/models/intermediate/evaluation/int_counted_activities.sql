{# Activities that count in the evaluation: those that the cluster grant funds, by period. #}
select
    activities.basis,
    periods.period_id,
    activities.year,
    activities.organisation_id,
    activities.activity_type_id,
    activities.source_row_key as activity_row_key
from {{ ref('fct_activities') }} as activities
inner join {{ ref('int_evaluation_periods') }} as periods
    on activities.basis = periods.basis and activities.year = periods.year
where activities.cluster_grant_funded

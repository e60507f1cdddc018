{# Computes the intervals of an applicant's amounts and scores that fit all printed numbers. #}
with

figures as (
    select
        calls.call_id,
        intervals.organisation_id,
        intervals.grant_type_id,
        intervals.indicator_id,
        intervals.figure_id,
        intervals.base_value - intervals.half_width as lowest,
        intervals.base_value + intervals.half_width as highest
    from {{ ref('int_figure_intervals') }} as intervals
    inner join {{ ref('dim_call') }} as calls on intervals.period_id = calls.period_id
    where
        intervals.organisation_id is not null
        and intervals.breakdown = 'total'
        and (
            intervals.indicator_id in ('applied_amount', 'recommended_amount')
            and intervals.statistic = 'level'
            or intervals.indicator_id = 'assessment_score' and intervals.statistic = 'score'
        )
)

select
    {%- for indicator, measure in [
        ('applied_amount', 'applied'),
        ('recommended_amount', 'recommended'),
        ('assessment_score', 'score'),
    ] %}
        max(case when indicator_id = '{{ indicator }}' then lowest end) as {{ measure }}_lowest,
        min(case when indicator_id = '{{ indicator }}' then highest end) as {{ measure }}_highest,
        {{ list_of("case when indicator_id = '" ~ indicator ~ "' then figure_id end") }}
            as {{ measure }}_figure_ids,
    {%- endfor %}
    call_id,
    organisation_id,
    grant_type_id
from figures
group by call_id, organisation_id, grant_type_id

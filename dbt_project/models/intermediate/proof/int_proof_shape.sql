{# Shows what the print proves about every rule under which the share rises with the score. #}
with

figures as (
    select
        calls.call_id,
        intervals.*
    from {{ ref('int_figure_intervals') }} as intervals
    inner join {{ ref('dim_call') }} as calls on intervals.period_id = calls.period_id
),

-- the bounds of shares and scores are the same for every scenario of a call
applicants as (
    select distinct
        bounds.call_id,
        bounds.minimum_unit,
        bounds.organisation_id,
        bounds.share_lowest,
        bounds.share_highest,
        bounds.score_lowest,
        bounds.score_highest,
        concat_ws(' ', printed.applied_figure_ids, printed.recommended_figure_ids) as figure_ids
    from {{ ref('int_allocation_bounds') }} as bounds
    inner join {{ ref('int_printed_bounds') }} as printed
        on
            bounds.call_id = printed.call_id
            and bounds.organisation_id = printed.organisation_id
            and printed.grant_type_id is null
),

-- applicants that got the whole amount applied for (to a millionth) and whose scores are printed
full_ones as (
    select *
    from applicants
    where share_lowest >= 0.999999 and score_highest is not null
),

least_served as (
    select
        *,
        row_number() over (
            partition by call_id, minimum_unit
            order by share_highest asc nulls last, organisation_id asc nulls last
        ) as place
    from applicants
),

slopes as (
    select
        full_ones.call_id,
        full_ones.minimum_unit,
        least_served.organisation_id,
        full_ones.score_highest as full_score_highest,
        least_served.score_lowest as least_score,
        least_served.share_highest as least_share,
        {{ ratio(
            'full_ones.share_lowest - least_served.share_highest',
            'full_ones.score_highest - least_served.score_lowest'
        ) }} as steepness,
        {{ ratio('1', 'full_ones.score_lowest') }} as proportional,
        concat_ws(' ', full_ones.figure_ids, least_served.figure_ids) as figure_ids
    from full_ones
    inner join least_served
        on
            full_ones.call_id = least_served.call_id
            and full_ones.minimum_unit = least_served.minimum_unit
            and least_served.place = 1
)

select
    scores.call_id,
    cast(null as varchar) as minimum_unit,
    'full_below_average' as step_id,
    scores.organisation_id,
    scores.grant_type_id,
    cast(null as varchar) as calculation,
    cast(scores.score_highest as decimal(24, 9)) as left_value,
    '<' as relation,
    cast(averages.base_value - averages.half_width as decimal(24, 9)) as right_value,
    scores.score_figure_ids || ' ' || averages.figure_id as figure_ids
from {{ ref('int_printed_bounds') }} as scores
inner join figures as averages
    on
        scores.call_id = averages.call_id
        and scores.grant_type_id = averages.grant_type_id
        and averages.indicator_id = 'assessment_score'
        and averages.breakdown = 'recommended_applications'
where
    exists (
        select 1 from full_ones
        where
            full_ones.call_id = scores.call_id
            and full_ones.organisation_id = scores.organisation_id
    )
{% for step, times, left, right in [
    ('steeper_than_proportional', "''", 'steepness', 'proportional'),
    (
        'times_as_steep',
        "' / ' || cast(proportional as varchar)",
        ratio('steepness', 'proportional', 2),
        '1',
    ),
] %}
    union all
    select
        call_id,
        minimum_unit,
        '{{ step }}' as step_id,
        organisation_id,
        cast(null as varchar) as grant_type_id,
        '(1 - ' || cast(least_share as varchar) || ') / ('
        || cast(full_score_highest as varchar) || ' - ' || cast(least_score as varchar) || ')'
        || {{ times }} as calculation,
        cast({{ left }} as decimal(24, 9)) as left_value,
        '>' as relation,
        cast({{ right }} as decimal(24, 9)) as right_value,
        figure_ids
    from slopes
{% endfor %}

{# Compares printed facts about each pot and its scores with the values of the witness. #}
{% set columns = 'witness_id, call_id, scenario_id, organisation_id, grant_type_id' %}
with

printed as (
    select
        calls.call_id,
        figures.grant_type_id,
        max(case when figures.indicator_id = 'grant_pot' then figures.figure_id end)
            as pot_figure_id,
        max(case when figures.indicator_id = 'assessment_score' then figures.figure_id end)
            as average_figure_id,
        max(
            case
                when figures.indicator_id = 'assessment_score'
                    then figures.base_value - figures.half_width
            end
        ) as average_lowest,
        min(
            case
                when figures.indicator_id = 'assessment_score'
                    then figures.base_value + figures.half_width
            end
        ) as average_highest
    from {{ ref('int_figure_intervals') }} as figures
    inner join {{ ref('dim_call') }} as calls on figures.period_id = calls.period_id
    where
        figures.indicator_id = 'grant_pot'
        or figures.indicator_id = 'assessment_score'
        and figures.breakdown = 'recommended_applications'
    group by calls.call_id, figures.grant_type_id
),

given as (
    select
        witness_id,
        call_id,
        scenario_id,
        grant_type_id,
        cast(sum(applied_amount_kr) as decimal(18, 2)) as applied_amount_kr,
        cast(sum(award_kr) as decimal(18, 2)) as award_kr,
        {{ ratio('sum(score)', 'count(*)') }} as average_score
    from {{ ref('int_witness_awards') }}
    group by witness_id, call_id, scenario_id, grant_type_id
),

by_grant as (
    select
        given.*,
        cast(null as varchar) as organisation_id,
        grants.pot_kr,
        printed.pot_figure_id,
        printed.average_figure_id,
        printed.average_lowest,
        printed.average_highest
    from given
    inner join {{ ref('dim_grant_type') }} as grants
        on given.call_id = grants.call_id and given.grant_type_id = grants.grant_type_id
    left join printed
        on given.call_id = printed.call_id and given.grant_type_id = printed.grant_type_id
)

{%- for fact, lowest, highest, figure, value in [
    ('pot', 'pot_kr', 'pot_kr', 'pot_figure_id', 'award_kr'),
    ('over_application', 'pot_kr + 0.01', 'null', 'pot_figure_id', 'applied_amount_kr'),
    ('average_score', 'average_lowest', 'average_highest', 'average_figure_id',
        'average_score'),
] %}
    {{ 'union all' if not loop.first }}
    select
        {{ columns }},
        '{{ fact }}' as fact,
        cast({{ lowest }} as decimal(20, 6)) as lowest,
        cast({{ highest }} as decimal(20, 6)) as highest,
        cast({{ figure }} as varchar) as figure_ids,
        cast({{ value }} as decimal(20, 6)) as value
    from by_grant
    where {{ lowest }} is not null
{%- endfor %}

{# The printed figures that a witness has to give, beside what it gives. #}
{% set columns = 'witness_id, call_id, scenario_id, organisation_id, grant_type_id' %}
with

awards as (
    select * from {{ ref('int_witness_awards') }}
),

witnesses as (
    select distinct
        witness_id,
        call_id,
        scenario_id
    from awards
),

each_and_both as (
    select {{ columns }}, applied_amount_kr, award_kr, score from awards
    union all
    select
        witness_id,
        call_id,
        scenario_id,
        organisation_id,
        cast(null as varchar) as grant_type_id,
        sum(applied_amount_kr) as applied_amount_kr,
        sum(award_kr) as award_kr,
        cast(null as decimal(6, 4)) as score
    from awards
    group by witness_id, call_id, scenario_id, organisation_id
),

-- who is recommended money, with every amount and score that is printed of them
printed as (
    select
        witnesses.witness_id,
        witnesses.scenario_id,
        bounds.*,
        each_and_both.applied_amount_kr,
        each_and_both.award_kr,
        each_and_both.score
    from witnesses
    inner join {{ ref('int_decisions') }} as decisions
        on
            witnesses.call_id = decisions.call_id
            and decisions.basis = 'published'
            and decisions.outcome = 'recommended'
    inner join {{ ref('int_printed_bounds') }} as bounds
        on
            decisions.call_id = bounds.call_id
            and decisions.organisation_id = bounds.organisation_id
    left join each_and_both
        on
            witnesses.witness_id = each_and_both.witness_id
            and bounds.organisation_id = each_and_both.organisation_id
            and bounds.grant_type_id is not distinct from each_and_both.grant_type_id
),

by_grant as (
    select
        awards.witness_id,
        awards.call_id,
        awards.scenario_id,
        cast(null as varchar) as organisation_id,
        awards.grant_type_id,
        grants.pot_kr,
        sum(awards.applied_amount_kr) as applied_amount_kr,
        sum(awards.award_kr) as award_kr,
        {{ ratio('sum(awards.score)', 'count(*)') }} as average_score,
        max(averages.figure_id) as average_figure_id,
        max(averages.base_value - averages.half_width) as average_lowest,
        max(averages.base_value + averages.half_width) as average_highest
    from awards
    inner join {{ ref('stg_call_grant_types') }} as grants
        on awards.call_id = grants.call_id and awards.grant_type_id = grants.grant_type_id
    inner join {{ ref('stg_calls') }} as calls on awards.call_id = calls.call_id
    left join {{ ref('int_figure_intervals') }} as averages
        on
            calls.period_id = averages.period_id
            and awards.grant_type_id = averages.grant_type_id
            and averages.indicator_id = 'assessment_score'
            and averages.breakdown = 'recommended_applications'
    group by
        awards.witness_id, awards.call_id, awards.scenario_id, awards.grant_type_id, grants.pot_kr
),

facts as (
    {%- for fact, value in [
        ('applied', 'applied_amount_kr'), ('recommended', 'award_kr'), ('score', 'score')
    ] %}
    select
        {{ columns }},
        '{{ fact }}' as fact,
        {{ fact }}_lowest as lowest,
        {{ fact }}_highest as highest,
        {{ fact }}_figure_ids as figure_ids,
        {{ value }} as value
    from printed
    where {{ fact }}_lowest is not null
    union all
    {%- endfor %}
    select {{ columns }}, 'pot', pot_kr, pot_kr, null, award_kr from by_grant
    union all
    select {{ columns }}, 'over_application', pot_kr + 0.01, null, null, applied_amount_kr
    from by_grant
    union all
    select
        {{ columns }},
        'average_score',
        average_lowest,
        average_highest,
        average_figure_id,
        average_score
    from by_grant
    where average_figure_id is not null
)

select * from facts

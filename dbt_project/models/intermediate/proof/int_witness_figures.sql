{# Lists the printed figures that a witness must give, and the values that the witness gives. #}
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
    select
        {{ columns }},
        applied_amount_kr,
        award_kr,
        score
    from awards
    union all
    select
        witness_id,
        call_id,
        scenario_id,
        organisation_id,
        cast(null as varchar) as grant_type_id,
        cast(sum(applied_amount_kr) as decimal(18, 2)) as applied_amount_kr,
        cast(sum(award_kr) as decimal(18, 2)) as award_kr,
        cast(null as decimal(6, 4)) as score
    from awards
    group by witness_id, call_id, scenario_id, organisation_id
),

-- list the printed amounts and scores of the organisations with a recommended amount
printed as (
    select
        witnesses.witness_id,
        witnesses.scenario_id,
        bounds.*,
        each_and_both.applied_amount_kr,
        each_and_both.award_kr,
        each_and_both.score
    from witnesses
    inner join {{ ref('fct_decisions') }} as decisions
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
)

{%- for fact, value in [
    ('applied', 'applied_amount_kr'), ('recommended', 'award_kr'), ('score', 'score')
] %}
    {{ 'union all' if not loop.first }}
    select
        {{ columns }},
        '{{ fact }}' as fact,
        cast({{ fact }}_lowest as decimal(20, 6)) as lowest,
        cast({{ fact }}_highest as decimal(20, 6)) as highest,
        {{ fact }}_figure_ids as figure_ids,
        cast({{ value }} as decimal(20, 6)) as value
    from printed
    where {{ fact }}_lowest is not null
{%- endfor %}

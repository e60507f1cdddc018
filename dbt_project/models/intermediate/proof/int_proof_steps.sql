{# Lists every step of the proof about a scenario, and says whether the step holds. #}
{% set columns = 'step_id, organisation_id, calculation, left_value, relation, right_value' %}
with

steps as (
    select
        call_id,
        scenario_id,
        minimum_unit,
        grant_type_id,
        {{ columns }},
        cast(null as decimal(24, 9)) as right_value_highest,
        figure_ids,
        left_value <= right_value as holds
    from {{ ref('int_proof_levels') }}
    union all
    -- shares are rounded to six decimals, so a difference up to 0.00001 can be rounding
    select
        call_id,
        scenario_id,
        minimum_unit,
        cast(null as varchar) as grant_type_id,
        step_id,
        organisation_id,
        calculation,
        left_value,
        '>' as relation,
        right_value,
        cast(null as decimal(24, 9)) as right_value_highest,
        figure_ids,
        left_value > right_value + 0.00001 as holds
    from {{ ref('int_proof_shares') }}
    union all
    select
        call_id,
        cast(null as varchar) as scenario_id,
        minimum_unit,
        grant_type_id,
        {{ columns }},
        cast(null as decimal(24, 9)) as right_value_highest,
        figure_ids,
        case relation when '<' then left_value < right_value else left_value > right_value end
            as holds
    from {{ ref('int_proof_shape') }}
    union all
    -- a witness meets the minimum in each grant, so its steps hold for both values of minimum_unit
    select
        call_id,
        scenario_id,
        cast(null as varchar) as minimum_unit,
        grant_type_id,
        fact as step_id,
        organisation_id,
        cast(null as varchar) as calculation,
        cast(value as decimal(24, 9)) as left_value,
        case
            when lowest = highest then '='
            when highest is null then '>='
            else 'rounds to'
        end as relation,
        cast(lowest as decimal(24, 9)) as right_value,
        cast(case when lowest <> highest then highest end as decimal(24, 9))
            as right_value_highest,
        figure_ids,
        holds
    from {{ ref('int_witness_facts') }}
)

select
    steps.call_id,
    steps.scenario_id,
    steps.minimum_unit,
    labels.step_number,
    steps.step_id,
    labels.argument,
    labels.label_da,
    labels.label_en,
    steps.organisation_id,
    steps.grant_type_id,
    steps.calculation,
    steps.left_value,
    steps.relation,
    steps.right_value,
    steps.right_value_highest,
    steps.holds,
    steps.figure_ids
from steps
inner join {{ ref('stg_proof_steps') }} as labels on steps.step_id = labels.step_id

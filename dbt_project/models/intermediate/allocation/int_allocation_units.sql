with

pots as (
    select * from {{ ref('int_allocation_pots') }}
    where is_complete
),

applications as (
    select
        call_id,
        basis,
        cast(null as varchar) as witness_id,
        organisation_id,
        grant_type_id,
        score,
        applied_amount_kr
    from {{ ref('int_scored_applications') }}
    where selected
    union all
    select
        call_id,
        'witness' as basis,
        witness_id,
        organisation_id,
        grant_type_id,
        score,
        applied_amount_kr
    from {{ ref('stg_allocation_witnesses') }}
),

-- scores have at most four decimals, so they are counted in ten-thousandths of a point
in_pots as (
    select
        pots.pot_id,
        pots.rule,
        pots.pot_ore,
        applications.organisation_id,
        applications.grant_type_id,
        applications.score,
        scenarios.cap_percent,
        scenarios.cap_kr,
        scenarios.floor_percent,
        scenarios.floor_kr,
        {{ whole('applications.applied_amount_kr * 100') }} as applied_ore,
        {{ whole('applications.score * 10000') }} as score_units,
        {{ whole('coalesce(rules.minimum_average, 0) * 10000') }} as minimum_units
    from pots
    inner join {{ ref('dim_allocation_scenario') }} as scenarios
        on pots.scenario_id = scenarios.scenario_id
    inner join {{ ref('int_call_rules') }} as rules on pots.call_id = rules.call_id
    inner join applications
        on
            pots.call_id = applications.call_id
            and pots.basis = applications.basis
            and pots.witness_id is not distinct from applications.witness_id
            and pots.shared_by in ('all', applications.grant_type_id)
),

bounds as (
    select
        *,
        {{ cap_ore('applied_ore') }} as cap_ore,
        {{ floor_ore('applied_ore') }} as wanted_floor_ore
    from in_pots
)

select
    pot_id,
    organisation_id,
    grant_type_id,
    score,
    pot_ore,
    applied_ore,
    cap_ore,
    least(wanted_floor_ore, cap_ore) as floor_ore,
    case rule
        when 'proportional' then score_units * applied_ore
        when 'proportional_above_minimum'
            then greatest(score_units - minimum_units, 0) * applied_ore
        when 'score_share_capped' then score_units
        when 'equal_share_capped' then {{ whole('10000') }}
    end as weight
from bounds

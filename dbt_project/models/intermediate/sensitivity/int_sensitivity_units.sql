with

applications as (
    select * from {{ ref('int_sensitivity_applications') }}
),

-- only the pots of the scenario that is the call's own rule
pots as (
    select
        pots.pot_id,
        pots.call_id,
        pots.basis,
        pots.rule,
        pots.shared_by,
        pots.pot_ore,
        scenarios.cap_percent,
        scenarios.cap_kr,
        scenarios.floor_percent,
        scenarios.floor_kr,
        row_number() over (order by pots.pot_id asc nulls last) as pot_no
    from {{ ref('int_allocation_pots') }} as pots
    inner join {{ ref('dim_allocation_scenario') }} as scenarios
        on pots.scenario_id = scenarios.scenario_id
    where scenarios.is_call_rule and pots.is_complete and pots.witness_id is null
),

in_pots as (
    select
        applications.application_no,
        applications.minimum_average,
        pots.*,
        {{ whole('scored.applied_amount_kr * 100') }} as applied_ore
    from applications
    inner join {{ ref('int_scored_applications') }} as scored
        on
            applications.call_id = scored.call_id
            and applications.basis = scored.basis
            and applications.organisation_id = scored.organisation_id
            and applications.grant_type_id = scored.grant_type_id
    inner join pots
        on
            applications.call_id = pots.call_id
            and applications.basis = pots.basis
            and pots.shared_by in ('all', applications.grant_type_id)
),

bounds as (
    select
        *,
        {{ cap_ore('applied_ore') }} as cap_ore,
        {{ floor_ore('applied_ore') }} as floor_ore
    from in_pots
)

-- the weight of a unit is points * size; if a rule ignores the amount applied for, size is constant
select
    application_no,
    cast(pot_no as integer) as pot_no,
    cast(pot_ore as bigint) as pot_ore,
    cast(cap_ore as bigint) as cap_ore,
    cast(least(floor_ore, cap_ore) as bigint) as floor_ore,
    rule <> 'equal_share_capped' as score_counts,
    case when rule = 'proportional_above_minimum' then minimum_average else 0 end as points_from,
    case
        when rule in ('proportional', 'proportional_above_minimum')
            then cast(applied_ore as bigint)
        else 1000000000000
    end as size
from bounds

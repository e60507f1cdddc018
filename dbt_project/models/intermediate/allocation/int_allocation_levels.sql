with

pots as (
    select * from {{ ref('int_allocation_pots') }}
),

breakpoints as (
    select * from {{ ref('int_allocation_breakpoints') }}
),

demands as (
    select
        pot_id,
        sum(weight) as weights,
        sum(floor_ore) as floors_ore,
        sum(case when weight > 0 then cap_ore else floor_ore end) as most_ore
    from {{ ref('int_allocation_units') }}
    group by pot_id
),

states as (
    select
        pots.pot_id,
        pots.pot_ore,
        pots.lambda_scale,
        demands.most_ore,
        case
            when not pots.is_complete then 'incomplete'
            when pots.pot_ore = 0 then 'empty_pot'
            when demands.pot_id is null then 'nobody_eligible'
            when demands.floors_ore > pots.pot_ore then 'floors_exceed_pot'
            when demands.weights = 0 then 'nothing_weighs'
            when demands.most_ore <= pots.pot_ore then 'everyone_full'
            else 'spent'
        end as pot_state
    from pots
    left join demands on pots.pot_id = demands.pot_id
),

last_places as (
    select
        pot_id,
        max(place) as place
    from breakpoints
    where fits
    group by pot_id
),

-- find the last edge at which the awards still fit into the pot; the level is at or above this
-- edge. The units between floor and cap share the rest of the pot by weight
solved as (
    select
        states.*,
        case
            when breakpoints.slope > 0 then states.pot_ore - breakpoints.constant_ore
            else breakpoints.amount_ore
        end as level_numerator,
        case
            when breakpoints.slope > 0 then breakpoints.slope
            else breakpoints.weight
        end as level_denominator
    from states
    left join last_places on states.pot_id = last_places.pot_id
    left join breakpoints
        on
            last_places.pot_id = breakpoints.pot_id
            and last_places.place = breakpoints.place
),

levels as (
    select
        pot_id,
        pot_state,
        case
            when pot_state in ('spent', 'everyone_full', 'nothing_weighs')
                then least(pot_ore, most_ore)
            else {{ whole('0') }}
        end as given_ore,
        case when pot_state in ('spent', 'everyone_full') then level_numerator end
            as level_numerator,
        case when pot_state in ('spent', 'everyone_full') then level_denominator end
            as level_denominator,
        lambda_scale
    from solved
),

reduced as (
    select
        *,
        {{ greatest_common_divisor('level_numerator * lambda_scale', 'level_denominator') }}
            as divisor
    from levels
)

select
    pot_id,
    pot_state,
    given_ore,
    level_numerator,
    level_denominator,
    {{ whole_quotient('level_numerator * lambda_scale', 'divisor') }} as lambda_numerator,
    {{ whole_quotient('level_denominator', 'divisor') }} as lambda_denominator,
    {{ whole_ratio('level_numerator * lambda_scale', 'level_denominator', 12) }}
        as lambda_rounded
from reduced

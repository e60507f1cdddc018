{% set amount = 'case when kinds.is_cap then units.cap_ore else units.floor_ore end' %}
with

outcomes as (
    select * from {{ ref('int_sensitivity_outcomes') }}
),

shares as (
    select
        outcomes.trial,
        outcomes.application_no,
        units.pot_no,
        units.pot_ore,
        units.cap_ore,
        units.floor_ore,
        {{ points_times_size('outcomes.score') }} as weight
    from outcomes
    inner join {{ ref('int_sensitivity_units') }} as units
        on outcomes.application_no = units.application_no
    where outcomes.selected
),

-- as the level (amount / weight) rises, a unit leaves its floor and then reaches its cap: two edges
edges as (
    select
        units.*,
        kinds.is_cap,
        {{ amount }} as amount_ore,
        {{ whole_quotient('units.weight', amount) }} as steepness,
        {{ whole_quotient(whole_remainder('units.weight', amount) ~ ' * 1000000', amount) }}
            as steepness_further,
        case when kinds.is_cap then units.weight else -units.weight end as slope,
        case when kinds.is_cap and units.weight > 0 then 0 else units.floor_ore end as floor_above
    from shares as units
    inner join (values (true), (false)) as kinds (is_cap)
        on kinds.is_cap or (units.floor_ore > 0 and units.weight > 0)
),

-- add up all awards at the level of an edge. A unit that has reached its cap counts with the cap,
-- any other unit with its floor or its weight. A unit without weight never reaches its cap
sums as (
    select
        *,
        sum(case when is_cap then cap_ore else 0 end) over upwards
        + sum(floor_above) over pot - sum(floor_above) over upwards as constant_ore,
        sum(slope) over pot - sum(slope) over upwards as slope_above
    from edges
    window
        pot as (partition by trial, pot_no),
        upwards as (
            partition by trial, pot_no
            order by
                steepness desc nulls last, steepness_further desc nulls last,
                application_no asc nulls last, is_cap asc nulls last
            rows unbounded preceding
        )
),

fitting as (
    select
        *,
        weight > 0
        and {{ whole('slope_above') }} * amount_ore
        <= (pot_ore - constant_ore) * {{ whole('weight') }} as fits
    from sums
),

-- the rest of the pot, for the units between floor and cap
left_over as (
    select
        trial,
        pot_no,
        max(pot_ore) - sum(
            case when not fits then floor_above when is_cap then cap_ore else 0 end
        ) as left_ore,
        sum(case when fits then 0 else slope end) as left_weight
    from fitting
    group by trial, pot_no
),

levels as (
    select
        *,
        {{ fine_quotient('greatest(left_ore, 0)', 'left_weight') }} as level
    from left_over
),

dues as (
    select
        outcomes.*,
        units.pot_no,
        units.cap_ore,
        units.floor_ore,
        levels.left_ore,
        levels.level,
        {{ points_times_size('outcomes.score') }} as weight
    from outcomes
    left join {{ ref('int_sensitivity_units') }} as units
        on outcomes.application_no = units.application_no
    left join levels
        on outcomes.trial = levels.trial and units.pot_no = levels.pot_no
)

select
    trial,
    application_no,
    minimum_met,
    leads,
    selected,
    cast(
        case
            when pot_no is null then null
            when not selected or left_ore < 0 then 0
            when weight = 0 then floor_ore
            when level is null then cap_ore
            else least(cap_ore, greatest(floor_ore, {{ fine_product('level', 'weight') }}))
        end
        as bigint
    ) as award_ore
from dues

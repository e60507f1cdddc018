{# The level of an edge is amount / weight. #}
{% set lowest_level_first -%}
    {{ whole_quotient('weight', 'amount_ore') }} desc nulls last,
    {{ whole_quotient(whole_remainder('weight', 'amount_ore') ~ ' * 1000000', 'amount_ore') }}
        desc nulls last,
    application_no asc nulls last,
    is_cap asc nulls last
{%- endset %}
with

outcomes as (
    select
        outcomes.trial,
        outcomes.application_no,
        outcomes.minimum_met,
        outcomes.leads,
        outcomes.selected,
        units.pot_no,
        units.pot_ore,
        units.cap_ore,
        case when outcomes.selected then units.floor_ore else 0 end as floor_ore,
        case
            when not outcomes.selected then 0
            when units.score_counts
                then units.size * greatest(outcomes.score - units.points_from, 0)
            else units.size * 10000
        end as weight
    from {{ ref('int_sensitivity_outcomes') }} as outcomes
    left join {{ ref('int_sensitivity_units') }} as units
        on outcomes.application_no = units.application_no
),

-- as the level rises, a unit leaves its floor and then reaches its cap
edges as (
    select
        outcomes.*,
        kinds.is_cap,
        case when kinds.is_cap then outcomes.cap_ore else outcomes.floor_ore end as amount_ore,
        case when kinds.is_cap then outcomes.weight else -outcomes.weight end as slope
    from outcomes
    inner join (values (true), (false)) as kinds (is_cap)
        on kinds.is_cap or (outcomes.floor_ore > 0 and outcomes.weight > 0)
),

-- at an edge's level, those that lie below count with their caps, those above with their floors or
-- weights; what weighs nothing lies above all levels
sums as (
    select
        *,
        sum(case when is_cap then cap_ore else 0 end) over upwards
        + coalesce(sum(case when is_cap and weight > 0 then 0 else floor_ore end) over above, 0)
            as constant_ore,
        coalesce(sum(slope) over above, 0) as slope_above,
        row_number() over upwards as place
    from edges
    window
        upwards as (
            partition by trial, pot_no
            order by {{ lowest_level_first }}
            rows unbounded preceding
        ),
        above as (
            partition by trial, pot_no
            order by {{ lowest_level_first }}
            rows between 1 following and unbounded following
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

-- so much is left for the weights that have neither floor nor cap
shared as (
    select
        *,
        pot_ore - sum(
            case
                when is_cap and fits then cap_ore
                when not fits and (weight = 0 or not is_cap) then floor_ore
                else 0
            end
        ) over pot as left_ore,
        sum(case when fits then 0 else slope end) over pot as left_weight
    from fitting
    window pot as (partition by trial, pot_no)
),

-- once a pot, for a division of so long numbers takes long
levels as (
    select
        *,
        max(
            case when place = 1 then {{ fine_quotient('greatest(left_ore, 0)', 'left_weight') }} end
        ) over (partition by trial, pot_no) as level
    from shared
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
            when fits then cap_ore
            else greatest(floor_ore, coalesce({{ fine_product('level', 'weight') }}, 0))
        end
        as bigint
    ) as award_ore
from levels
where is_cap

with

units as (
    select * from {{ ref('int_allocation_units') }}
),

-- the award of a unit is level * weight, but at least its floor and at most its cap; as the level
-- rises, a unit first leaves its floor and later reaches its cap
edges as (
    select
        pot_id,
        organisation_id,
        grant_type_id,
        'leaves_floor' as edge,
        floor_ore as amount_ore,
        weight,
        -floor_ore as constant_change,
        weight as slope_change
    from units
    where weight > 0
    union all
    select
        pot_id,
        organisation_id,
        grant_type_id,
        'reaches_cap' as edge,
        cap_ore as amount_ore,
        weight,
        cap_ore as constant_change,
        -weight as slope_change
    from units
    where weight > 0
),

-- the level of an edge is amount / weight; compute its first 17 decimals
levels as (
    select
        *,
        {{ whole_quotient('amount_ore * ' ~ power_of_ten(17), 'weight') }} as level_digits,
        {{ whole_remainder('amount_ore * ' ~ power_of_ten(17), 'weight') }} as level_rest
    from edges
),

-- compute 17 more decimals, because two different fractions with denominators up to 10^17 differ in
-- their first 34 decimals
exact_levels as (
    select
        *,
        {{ whole_quotient('level_rest * ' ~ power_of_ten(17), 'weight') }} as level_further_digits
    from levels
),

floors as (
    select
        pot_id,
        max(pot_ore) as pot_ore,
        sum(floor_ore) as floors_ore
    from units
    group by pot_id
),

-- above this edge, the sum of all awards at a level is constant_ore + slope * level
together as (
    select
        exact_levels.*,
        floors.pot_ore,
        floors.floors_ore + sum(exact_levels.constant_change) over in_order as constant_ore,
        sum(exact_levels.slope_change) over in_order as slope,
        row_number() over in_order as place
    from exact_levels
    inner join floors on exact_levels.pot_id = floors.pot_id
    window
        in_order as (
            partition by exact_levels.pot_id
            order by
                exact_levels.level_digits nulls last,
                exact_levels.level_further_digits nulls last,
                exact_levels.organisation_id nulls last,
                exact_levels.grant_type_id nulls last,
                exact_levels.edge nulls last
            rows unbounded preceding
        )
)

select
    pot_id,
    organisation_id,
    grant_type_id,
    edge,
    amount_ore,
    weight,
    level_digits,
    level_further_digits,
    place,
    constant_ore,
    slope,
    slope * amount_ore <= (pot_ore - constant_ore) * weight as fits
from together

with

units as (
    select * from {{ ref('int_allocation_units') }}
),

levels as (
    select * from {{ ref('int_allocation_levels') }}
),

cap_levels as (
    select * from {{ ref('int_allocation_breakpoints') }}
    where edge = 'reaches_cap'
),

-- the exact award of a unit is due / level_denominator øre
dues as (
    select
        units.*,
        levels.pot_state,
        levels.given_ore,
        levels.level_numerator,
        coalesce(levels.level_denominator, 1) as level_denominator,
        coalesce(levels.level_numerator, 0) * units.weight as due
    from units
    inner join levels on units.pot_id = levels.pot_id
),

states as (
    select
        *,
        case
            when pot_state in ('empty_pot', 'floors_exceed_pot') then 'nothing_given'
            when weight > 0 and due >= cap_ore * level_denominator then 'capped'
            when floor_ore > 0 and due <= floor_ore * level_denominator then 'floored'
            when weight = 0 then 'weightless'
            else 'shared'
        end as state
    from dues
),

whole_amounts as (
    select
        *,
        case state
            when 'capped' then cap_ore
            when 'floored' then floor_ore
            when 'shared' then {{ whole_quotient('due', 'level_denominator') }}
            else 0
        end as whole_ore,
        case
            when state = 'shared' then {{ whole_remainder('due', 'level_denominator') }}
            else 0
        end as remainder_numerator
    from states
),

-- rounding down leaves some øre; they go to the units with the largest remainders
ranked as (
    select
        *,
        given_ore - sum(whole_ore) over (partition by pot_id) as left_ore,
        case
            when remainder_numerator > 0 then row_number() over (
                partition by pot_id
                order by
                    remainder_numerator desc nulls last,
                    score desc nulls last,
                    applied_ore desc nulls last,
                    organisation_id asc nulls last,
                    grant_type_id asc nulls last
            )
        end as remainder_rank
    from whole_amounts
),

rounds as (
    select
        ranked.pot_id,
        ranked.organisation_id,
        ranked.grant_type_id,
        dense_rank() over (
            partition by ranked.pot_id
            order by
                cap_levels.level_digits nulls last,
                cap_levels.level_further_digits nulls last
        ) as cap_round
    from ranked
    inner join cap_levels
        on
            ranked.pot_id = cap_levels.pot_id
            and ranked.organisation_id = cap_levels.organisation_id
            and ranked.grant_type_id = cap_levels.grant_type_id
    where ranked.state = 'capped'
)

select
    ranked.*,
    rounds.cap_round,
    case when ranked.remainder_rank <= ranked.left_ore then 1 else 0 end as extra_ore,
    ranked.whole_ore + case when ranked.remainder_rank <= ranked.left_ore then 1 else 0 end
        as award_ore
from ranked
left join rounds
    on
        ranked.pot_id = rounds.pot_id
        and ranked.organisation_id = rounds.organisation_id
        and ranked.grant_type_id = rounds.grant_type_id

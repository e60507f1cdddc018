with

pots as (
    select * from {{ ref('int_allocation_pots') }}
    where witness_id is null
),

amounts as (
    select
        applications.*,
        pots.pot_id,
        pots.scenario_id,
        pots.pot_ore,
        pots.lambda_scale,
        levels.pot_state,
        levels.level_denominator,
        levels.lambda_numerator,
        levels.lambda_denominator,
        levels.lambda_rounded,
        awards.cap_ore,
        awards.floor_ore,
        awards.weight,
        awards.cap_round,
        awards.cap_ore * pots.lambda_scale as cap_numerator,
        nullif(awards.weight, 0) as cap_denominator,
        awards.whole_ore,
        awards.remainder_numerator,
        awards.remainder_rank,
        awards.extra_ore,
        case
            when levels.pot_state = 'incomplete' then 'undecided'
            else coalesce(awards.state, 'not_selected')
        end as state,
        case
            when levels.pot_state <> 'incomplete'
                then cast(coalesce(awards.award_ore, 0) as decimal(18, 0)) * 0.01
        end as recommended_amount_kr
    from pots
    inner join {{ ref('int_scored_applications') }} as applications
        on
            pots.call_id = applications.call_id
            and pots.basis = applications.basis
            and pots.shared_by in ('all', applications.grant_type_id)
    inner join {{ ref('int_allocation_levels') }} as levels on pots.pot_id = levels.pot_id
    left join {{ ref('int_allocation_awards') }} as awards
        on
            pots.pot_id = awards.pot_id
            and applications.organisation_id = awards.organisation_id
            and applications.grant_type_id = awards.grant_type_id
),

reduced as (
    select
        *,
        {{ greatest_common_divisor('cap_numerator', 'cap_denominator') }} as cap_divisor
    from amounts
)

select
    reduced.call_id,
    reduced.scenario_id,
    scenarios.rule,
    scenarios.scope,
    scenarios.is_call_rule,
    reduced.area_id,
    reduced.organisation_id,
    organisations.name as organisation_name,
    reduced.grant_type_id,
    reduced.basis,
    reduced.applied_amount_kr,
    reduced.score,
    reduced.minimum_met,
    reduced.selected,
    reduced.reason,
    cast(cast(reduced.pot_ore as decimal(20, 0)) * 0.01 as decimal(20, 2)) as pot_kr,
    reduced.pot_state,
    cast(cast(reduced.cap_ore as decimal(18, 0)) * 0.01 as decimal(18, 2)) as cap_kr,
    cast(cast(reduced.floor_ore as decimal(18, 0)) * 0.01 as decimal(18, 2)) as floor_kr,
    cast(
        cast(reduced.weight as decimal(20, 0))
        * case when reduced.lambda_scale = 10000 then 0.000001 else 0.0001 end
        as decimal(24, 6)
    ) as weight,
    cast(reduced.cap_round as integer) as cap_round,
    cast({{ whole_quotient('reduced.cap_numerator', 'reduced.cap_divisor') }} as decimal(38, 0))
        as cap_level_numerator,
    cast({{ whole_quotient('reduced.cap_denominator', 'reduced.cap_divisor') }} as decimal(38, 0))
        as cap_level_denominator,
    cast(reduced.lambda_numerator as decimal(38, 0)) as lambda_numerator,
    cast(reduced.lambda_denominator as decimal(38, 0)) as lambda_denominator,
    reduced.lambda_rounded,
    reduced.state,
    cast(reduced.whole_ore as bigint) as whole_ore,
    cast(reduced.remainder_numerator as decimal(38, 0)) as remainder_numerator,
    case
        when reduced.remainder_numerator is not null
            then cast(reduced.level_denominator as decimal(38, 0))
    end as remainder_denominator,
    cast(reduced.remainder_rank as integer) as remainder_rank,
    cast(reduced.extra_ore as integer) as extra_ore,
    cast(reduced.recommended_amount_kr as decimal(18, 2)) as recommended_amount_kr,
    {{ ratio('reduced.recommended_amount_kr', 'reduced.applied_amount_kr') }} as share,
    {{ call_completeness_columns('reduced') }}
from reduced
inner join {{ ref('dim_allocation_scenario') }} as scenarios
    on reduced.scenario_id = scenarios.scenario_id
left join {{ ref('dim_organisation') }} as organisations
    on reduced.organisation_id = organisations.organisation_id
{{ join_call_completeness('reduced', 'scores') }}

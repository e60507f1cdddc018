{# The possible weights of each recommended application under each rule. #}
with

readings as (
    select 'application' as minimum_unit
    union all
    select 'organisation' as minimum_unit
),

printed as (
    select * from {{ ref('int_printed_bounds') }}
),

-- a score is at least the minimum average. If the minimum applies to the mean of both grants, all
-- we know of one grant is that no criterion is below the criterion minimum
scored as (
    select
        decisions.call_id,
        readings.minimum_unit,
        decisions.organisation_id,
        grants.grant_type_id,
        rules.minimum_average,
        greatest(
            printed.score_lowest,
            case
                when readings.minimum_unit = 'application' then rules.minimum_average
                else rules.minimum_criterion
            end
        ) as score_lowest,
        printed.score_highest,
        printed.score_figure_ids,
        printed.applied_highest,
        -- the shortfall of one application (the amount applied for minus the award) is at most the
        -- shortfall of both together; without the case, greatest() would turn an unknown amount
        -- into zero
        case
            when printed.applied_lowest is not null
                then greatest(
                    printed.applied_lowest
                    - greatest(together.applied_highest - together.recommended_lowest, 0),
                    0
                )
        end as award_lowest
    from {{ ref('fct_decisions') }} as decisions
    inner join {{ ref('int_call_rules') }} as rules on decisions.call_id = rules.call_id
    inner join {{ ref('dim_grant_type') }} as grants on decisions.call_id = grants.call_id
    inner join printed as together
        on
            decisions.call_id = together.call_id
            and decisions.organisation_id = together.organisation_id
            and together.grant_type_id is null
    left join printed
        on
            decisions.call_id = printed.call_id
            and decisions.organisation_id = printed.organisation_id
            and grants.grant_type_id = printed.grant_type_id
    cross join readings
    where decisions.basis = 'published' and decisions.outcome = 'recommended'
),

weighed as (
    select
        scored.*,
        scenarios.scenario_id,
        scenarios.scope,
        scenarios.rule in ('proportional', 'proportional_above_minimum') as is_per_krone,
        case scenarios.rule
            when 'equal_share_capped' then 1
            when 'proportional_above_minimum'
                then greatest(scored.score_lowest - scored.minimum_average, 0)
            else scored.score_lowest
        end as points_lowest,
        case scenarios.rule
            when 'equal_share_capped' then 1
            when 'proportional_above_minimum'
                then case
                    when scored.score_highest > scored.minimum_average
                        then scored.score_highest - scored.minimum_average
                    when scored.score_highest is not null then 0
                end
            else scored.score_highest
        end as points_highest,
        case
            when scenarios.rule in ('proportional', 'proportional_above_minimum')
                then scored.applied_highest
            else 1
        end as size_highest
    from scored
    inner join {{ ref('dim_allocation_scenario') }} as scenarios
        on scored.call_id = scenarios.call_id
)

select
    call_id,
    scenario_id,
    scope,
    is_per_krone,
    minimum_unit,
    organisation_id,
    grant_type_id,
    score_lowest,
    score_highest,
    score_figure_ids,
    points_lowest,
    points_highest,
    size_highest,
    award_lowest,
    -- the last digit is lowered by 1, so that rounding cannot make the lower bound too large
    {{ ratio('award_lowest', 'points_highest * size_highest', 9) }} - 0.000000001 as level_lowest
from weighed

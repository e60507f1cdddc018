{# For each rule, computes the bounds of the level from the print, and the range of each award. #}
with

-- level_lowest: if both grants share one level, the larger of their two lower bounds holds for this
-- level. If each grant has its own level, only the smaller bound holds for both levels.
by_organisation as (
    select
        call_id,
        scenario_id,
        scope,
        is_per_krone,
        minimum_unit,
        organisation_id,
        count(*) as grants,
        min(score_lowest) as score_lowest,
        case when count(score_highest) = count(*) then max(score_highest) end as score_highest,
        min(points_lowest) as points_lowest,
        case when count(points_highest) = count(*) then max(points_highest) end
            as points_highest,
        case
            when scope = 'call' then max(level_lowest)
            when count(level_lowest) = count(*) then min(level_lowest)
        end as level_lowest
    from {{ ref('int_printed_weights') }}
    group by call_id, scenario_id, scope, is_per_krone, minimum_unit, organisation_id
),

amounts as (
    select
        by_organisation.*,
        scenarios.cap_percent,
        scenarios.cap_kr,
        coalesce(scenarios.floor_percent, scenarios.floor_kr) is not null as has_floor,
        printed.applied_lowest,
        printed.applied_highest,
        printed.recommended_lowest,
        printed.recommended_highest,
        case
            when by_organisation.is_per_krone then printed.applied_highest
            else by_organisation.grants
        end as size_highest,
        case when by_organisation.is_per_krone then printed.applied_lowest else 1 end as size_lowest
    from by_organisation
    inner join {{ ref('dim_allocation_scenario') }} as scenarios
        on by_organisation.scenario_id = scenarios.scenario_id
    inner join {{ ref('int_printed_bounds') }} as printed
        on
            by_organisation.call_id = printed.call_id
            and by_organisation.organisation_id = printed.organisation_id
            and printed.grant_type_id is null
),

-- a floor can raise an award, so the award gives no lower bound of the level; a cap can reduce an
-- award, so it gives no upper bound. Bounds are rounded outwards
asked as (
    select
        *,
        {{ ratio('recommended_lowest', 'applied_highest') }} as share_lowest,
        least(1, {{ ratio('recommended_highest', 'applied_lowest') }}) as share_highest,
        case
            when has_floor then null
            when scope = 'call'
                then greatest(
                    level_lowest,
                    {{ ratio('recommended_lowest', 'points_highest * size_highest', 9) }}
                    - 0.000000001
                )
            else level_lowest
        end as own_level_lowest,
        case
            when coalesce(cap_percent, cap_kr) is null and recommended_highest < applied_lowest then
                {{ ratio('recommended_highest', 'points_lowest * size_lowest', 9) }} + 0.000000001
        end as own_level_highest
    from amounts
),

of_all as (
    select
        *,
        max(own_level_lowest) over (partition by scenario_id, minimum_unit)
            as scenario_level_lowest,
        min(own_level_highest) over (partition by scenario_id, minimum_unit)
            as scenario_level_highest
    from asked
),

given as (
    select
        *,
        cast(least(
            1,
            {{ ratio(
                'coalesce(scenario_level_lowest, 0) * points_lowest',
                'case when is_per_krone then 1 else applied_highest end'
            ) }},
            0.01 * cap_percent,
            {{ ratio('cap_kr', 'applied_highest') }}
        ) as decimal(20, 6)) as given_share_lowest,
        cast(
            least(1, 0.01 * cap_percent, {{ ratio('grants * cap_kr', 'applied_lowest') }})
            as decimal(20, 6)
        ) as given_share_highest
    from of_all
)

-- shares are rounded to six decimals, so a difference up to 0.00001 can be rounding
select
    *,
    given_share_lowest > share_highest + 0.00001
    or given_share_highest < share_lowest - 0.00001 as is_impossible
from given

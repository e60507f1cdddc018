{# A rule can have given the printed amounts if no bound excludes it and a witness gives them. #}
with

places as (
    select
        *,
        case when own_level_lowest is not null then organisation_id end as lowest_asked_by,
        case when own_level_highest is not null then organisation_id end as highest_asked_by,
        row_number() over (
            partition by scenario_id, minimum_unit
            order by own_level_lowest desc nulls last, organisation_id asc nulls last
        ) as place_from_above,
        row_number() over (
            partition by scenario_id, minimum_unit
            order by own_level_highest asc nulls last, organisation_id asc nulls last
        ) as place_from_below
    from {{ ref('int_allocation_bounds') }}
),

by_scenario as (
    select
        call_id,
        scenario_id,
        minimum_unit,
        max(scenario_level_lowest) as level_lowest,
        max(case when place_from_above = 1 then lowest_asked_by end)
            as level_lowest_organisation_id,
        max(scenario_level_highest) as level_highest,
        max(case when place_from_below = 1 then highest_asked_by end)
            as level_highest_organisation_id,
        count(case when is_impossible then 1 end) as impossible_rows
    from places
    group by call_id, scenario_id, minimum_unit
),

obedient as (
    select
        scenario_id,
        min(witness_id) as witness_id
    from (
        select
            scenario_id,
            witness_id
        from {{ ref('int_witness_facts') }}
        group by scenario_id, witness_id
        having bool_and(holds)
    ) as witnesses
    group by scenario_id
)

select
    by_scenario.*,
    obedient.witness_id,
    case
        when by_scenario.impossible_rows > 0 then 'cannot'
        when obedient.witness_id is not null then 'can'
        else 'open'
    end as verdict
from by_scenario
left join obedient on by_scenario.scenario_id = obedient.scenario_id

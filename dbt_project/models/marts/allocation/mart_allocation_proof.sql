select
    steps.call_id,
    coalesce(steps.scenario_id, 'all') as scenario_id,
    scenarios.rule,
    scenarios.scope,
    coalesce(steps.minimum_unit, 'both') as minimum_unit,
    steps.step_number,
    steps.step_id,
    steps.argument,
    steps.label_da as says_da,
    steps.label_en as says_en,
    coalesce(steps.organisation_id, 'denmark') as organisation_id,
    organisations.name as organisation_name,
    coalesce(steps.grant_type_id, 'both') as grant_type_id,
    case
        when steps.organisation_id is null or steps.grant_type_id is null then 'total'
        else 'leaf'
    end as row_kind,
    steps.calculation,
    steps.left_value,
    steps.relation,
    steps.right_value,
    steps.right_value_highest,
    steps.holds,
    steps.figure_ids,
    'published' as basis
from {{ ref('int_proof_steps') }} as steps
left join {{ ref('dim_allocation_scenario') }} as scenarios
    on steps.scenario_id = scenarios.scenario_id
left join {{ ref('dim_organisation') }} as organisations
    on coalesce(steps.organisation_id, 'denmark') = organisations.organisation_id

select
    steps.call_id,
    steps.scenario_id,
    scenarios.rule,
    scenarios.scope,
    steps.minimum_unit,
    steps.step_number,
    steps.step_id,
    steps.argument,
    steps.label_da as says_da,
    steps.label_en as says_en,
    steps.organisation_id,
    organisations.name as organisation_name,
    steps.grant_type_id,
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
    on steps.organisation_id = organisations.organisation_id

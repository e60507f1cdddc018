-- applications, scores and pots are recounted; tests/allocation/ compares the rules with a
-- reference implementation
select
    scores.call_id, scenarios.scenario_id, scenarios.rule, scenarios.scope, scores.area_id,
    scores.organisation_id, scores.grant_type_id, scores.basis, scores.applied_amount_kr,
    sum(grants.pot_kr) as pot_kr
from scores
inner join core.dim_allocation_scenario as scenarios using (call_id)
inner join core.dim_grant_type as grants
    on
        scores.call_id = grants.call_id
        and (scenarios.scope = 'call' or scores.grant_type_id = grants.grant_type_id)
group by all

with

scenarios as (
    select * from {{ ref('dim_allocation_scenario') }}
),

grants as (
    select * from {{ ref('dim_grant_type') }}
),

pots as (
    select
        scenarios.scenario_id,
        scenarios.call_id,
        scenarios.rule,
        case when scenarios.scope = 'grant_type' then grants.grant_type_id else 'all' end
            as shared_by,
        sum({{ whole('grants.pot_kr * 100') }}) as pot_ore
    from scenarios
    inner join grants on scenarios.call_id = grants.call_id
    group by scenarios.scenario_id, scenarios.call_id, scenarios.rule, shared_by
),

-- grants_known is false for most printed applicants, because the print has the amounts of each
-- grant for two applicants only
applicants as (
    select
        call_id,
        basis,
        organisation_id,
        bool_or(grant_type_id <> 'both') as grants_known
    from {{ ref('fct_applications') }}
    group by call_id, basis, organisation_id
),

scored as (
    select
        applicants.call_id,
        applicants.basis,
        bool_and(
            applicants.grants_known
            and coalesce(applications.reason not in ('not_scored', 'incomplete_scores'), false)
        ) as is_complete
    from applicants
    left join {{ ref('int_scored_applications') }} as applications
        on
            applicants.call_id = applications.call_id
            and applicants.basis = applications.basis
            and applicants.organisation_id = applications.organisation_id
    group by applicants.call_id, applicants.basis
),

-- applications are allocated under all scenarios of their call, but a witness only under its own
-- scenario
occasions as (
    select
        scenarios.scenario_id,
        scored.basis,
        cast(null as varchar) as witness_id,
        scored.is_complete
    from scored
    inner join scenarios on scored.call_id = scenarios.call_id
    union all
    select distinct
        scenario_id,
        'witness' as basis,
        witness_id,
        true as is_complete
    from {{ ref('stg_allocation_witnesses') }}
)

select
    pots.scenario_id || '/' || coalesce(occasions.witness_id, occasions.basis)
    || '/' || pots.shared_by as pot_id,
    pots.call_id,
    pots.scenario_id,
    pots.rule,
    occasions.basis,
    occasions.witness_id,
    pots.shared_by,
    pots.pot_ore,
    occasions.is_complete,
    -- lambda = level * lambda_scale; weights are in ten-thousandths of a point, awards in øre
    case
        when pots.rule in ('proportional', 'proportional_above_minimum') then {{ whole('10000') }}
        else {{ whole('100') }}
    end as lambda_scale
from pots
inner join occasions on pots.scenario_id = occasions.scenario_id

-- the amounts are printed for both grants, or submitted for each grant; tests/allocation/ checks
-- whether a rule can give them
with applied as (
    select call_id, organisation_id, basis, sum(applied_amount_kr) as applied_amount_kr
    from core.fct_applications
    where row_kind = 'leaf'
    group by all
),

decided as (
    select
        call_id, organisation_id, basis, max(outcome) as outcome,
        sum(recommended_amount_kr) as recommended_amount_kr
    from core.fct_decisions
    group by all
)

select
    applied.call_id, scenarios.scenario_id, applied.organisation_id, applied.basis, decided.outcome,
    applied.applied_amount_kr, decided.recommended_amount_kr,
    quotient(decided.recommended_amount_kr, applied.applied_amount_kr) as share
from applied
inner join core.dim_allocation_scenario as scenarios using (call_id)
left join decided using (call_id, organisation_id, basis)
-- the mart's rows
select distinct
    call_id, scenario_id, organisation_id, basis, outcome, applied_amount_kr,
    recommended_amount_kr, share
from allocation.mart_allocation_reconciliation

-- the results that applicants expect with the recommended money, and the rest of the printed total
with expected as (
    select
        promises.call_id, promises.organisation_id, promises.grant_type_id, indicator_id,
        promises.basis,
        -- value * recommended / applied is rounded only once
        cast(
            (2 * whole(value) * whole(recommended_amount_kr) + whole(applied_amount_kr))
            // (2 * whole(applied_amount_kr)) as decimal(30, 0)
        ) * 0.000001 as value
    from promises
    inner join decided_applications as decided
        on
            promises.call_id = decided.call_id
            and promises.organisation_id = decided.organisation_id
            and promises.basis = decided.basis
            and decided.grant_type_id in (promises.grant_type_id, 'both')
    where outcome = 'recommended'
),

results as (
    from expected
    union all
    select
        totals.call_id, 'not_distributed', totals.grant_type_id, totals.indicator_id, totals.basis,
        any_value(totals.value) - coalesce(sum(expected.value), 0)
    from core.fct_indicator_results as totals
    left join expected using (call_id, grant_type_id, indicator_id, basis)
    where
        totals.call_id <> 'not_stated' and totals.organisation_id = 'denmark'
        and totals.result_kind = 'target' and totals.unit = 'number'
    group by totals.call_id, totals.grant_type_id, totals.indicator_id, totals.basis
),

-- the print counts, unless all recommended applicants have reported the results they expect
calls as (
    select
        call_id, any_value(period_id) as period_id, any_value(completeness) as completeness,
        if(
            bool_and(outcome is distinct from 'recommended' or (call_id, organisation_id, basis) in (
                select (call_id, organisation_id, basis) from expected
            )), any_value(basis), 'published'
        ) as basis
    from star_applications
    group by call_id
)

select
    call_id, organisation_id, grant_type_id, calls.period_id, basis as basis_id,
    if(basis = 'published', 'printed', calls.completeness) as completeness_id,
    sum(value) filter (indicator_id = 'smes_in_collective_activities')
        as smes_in_collective_activities,
    sum(value) filter (indicator_id = 'smes_developing_concepts') as smes_developing_concepts
from results
inner join calls using (call_id, basis)
where indicator_id in ('smes_in_collective_activities', 'smes_developing_concepts')
group by all

-- a decision on both grants gives the award; without one, a decision on the grant gives it; without
-- either decision, the call's rule gives it
with decided as (
    select
        decisions.call_id, decisions.organisation_id, decisions.grant_type_id, decisions.basis,
        applications.applied_amount_kr,
        if(decisions.outcome = 'recommended', decisions.recommended_amount_kr, 0)
            as recommended_amount_kr,
        if(decisions.grant_type_id = 'both', 'decision_on_both_grants', 'decision')
            as award_source
    from core.fct_decisions as decisions
    left join core.fct_applications as applications
        using (call_id, basis, organisation_id, grant_type_id)
    union all
    select
        call_id, organisation_id, grant_type_id, basis, applied_amount_kr, recommended_amount_kr,
        'call_rule'
    from allocation.mart_allocation
    where recommended_amount_kr is not null
)

select * from decided
where
    grant_type_id = 'both'
    or (call_id, organisation_id, basis) not in (
        select (call_id, organisation_id, basis) from decided where grant_type_id = 'both'
    )
qualify rank() over (
    partition by call_id, organisation_id, grant_type_id, basis
    order by award_source = 'call_rule'
) = 1

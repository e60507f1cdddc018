-- a decision on the grant, else one on both grants; else what the call's rule gives
with decided as (
    select
        decisions.call_id, decisions.organisation_id, grants.grant_type_id, decisions.basis,
        applications.applied_amount_kr,
        if(decisions.outcome = 'recommended', decisions.recommended_amount_kr, 0)
            as recommended_amount_kr,
        if(decisions.grant_type_id is null, 'decision_on_both_grants', 'decision') as award_source
    from core.fct_decisions as decisions
    inner join core.fct_applications as applications
        on
            decisions.call_id = applications.call_id
            and decisions.basis = applications.basis
            and decisions.organisation_id = applications.organisation_id
            and decisions.grant_type_id is not distinct from applications.grant_type_id
    inner join core.dim_grant_type as grants
        on
            decisions.call_id = grants.call_id
            and grants.grant_type_id = coalesce(decisions.grant_type_id, grants.grant_type_id)
    union all
    select
        call_id, organisation_id, grant_type_id, basis, applied_amount_kr, recommended_amount_kr,
        'call_rule'
    from allocation.mart_allocation
    where is_call_rule and recommended_amount_kr is not null
)

select * from decided
qualify rank() over (
    partition by call_id, organisation_id, grant_type_id, basis
    order by list_position(['decision', 'decision_on_both_grants', 'call_rule'], award_source)
) = 1

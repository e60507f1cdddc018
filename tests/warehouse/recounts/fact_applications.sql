with grants as (
    select call_id, count(*) as grants from core.dim_grant_type where call_id is not null group by all
)

select
    call_id, organisation_id, area_id, grant_type_id, period_id,
    basis as basis_id, completeness as completeness_id,
    if(grant_type_id = 'both', grants.grants, 1) as applications,
    if(outcome = 'recommended', 1, if(outcome is null, null, 0))
    * if(grant_type_id = 'both', grants.grants, 1) as recommended_applications,
    applied_amount_kr,
    if(outcome = 'recommended', recommended_amount_kr, if(outcome is null, null, 0))
        as recommended_amount_kr
from star_applications
inner join grants using (call_id)

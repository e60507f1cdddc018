select
    grants.call_id, grants.grant_type_id, calls.period_id, 'published' as basis_id,
    'printed' as completeness_id, grants.pot_kr
from core.dim_grant_type as grants
inner join core.dim_call as calls using (call_id)
where grants.pot_kr is not null

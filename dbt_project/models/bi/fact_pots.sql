select
    grants.call_id,
    grants.grant_type_id,
    calls.period_id,
    {{ date_of_period('periods.first_year', 'periods.last_year') }} as date_id,
    'published' as basis_id,
    'printed' as completeness_id,
    grants.pot_kr
from {{ ref('dim_grant_type') }} as grants
inner join {{ ref('dim_call') }} as calls on grants.call_id = calls.call_id
inner join {{ ref('dim_period') }} as periods on calls.period_id = periods.period_id
where grants.pot_kr is not null

select
    calls.call_id,
    applications.organisation_id,
    applications.area_id,
    applications.grant_type_id,
    calls.period_id,
    calls.date_id,
    calls.basis as basis_id,
    calls.completeness as completeness_id,
    applications.applications,
    applications.recommended_applications,
    applications.applied_amount_kr,
    applications.recommended_amount_kr
from {{ ref('int_decided_applications') }} as applications
inner join {{ ref('int_preferred_calls') }} as calls
    on applications.call_id = calls.call_id and applications.basis = calls.basis

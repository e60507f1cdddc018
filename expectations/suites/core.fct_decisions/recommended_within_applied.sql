-- No recommended amount exceeds the amount applied for.
-- owner: secretariat

select d.organisation_id, d.source_row_key, d.call_id, d.grant_type_id,
    a.applied_amount_kr, d.recommended_amount_kr
from {batch} d join core.fct_applications a
    on d.call_id = a.call_id and d.organisation_id = a.organisation_id
    and d.grant_type_id = a.grant_type_id and d.basis = a.basis
where d.recommended_amount_kr > a.applied_amount_kr
order by all

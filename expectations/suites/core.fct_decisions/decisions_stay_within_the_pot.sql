-- The decisions on a grant type add up to at most its pot.
-- owner: secretariat

select d.call_id, d.grant_type_id, d.basis,
    sum(d.recommended_amount_kr) as recommended_kr, g.pot_kr
from {batch} d join core.dim_grant_type g using (call_id, grant_type_id)
group by d.call_id, d.grant_type_id, d.basis, g.pot_kr
having sum(d.recommended_amount_kr) > g.pot_kr
order by all

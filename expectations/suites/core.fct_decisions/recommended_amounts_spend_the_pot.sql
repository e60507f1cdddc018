-- The recommended amounts of a call add up to its total amount, within rounding.
-- owner: secretariat

-- Amounts are printed to a tenth of a million, so each may be off by half a tenth.
select d.call_id, c.source_row_key, sum(d.recommended_amount_kr) as recommended_kr,
    c.total_amount_kr
from {batch} d join core.dim_call c using (call_id)
where d.grant_type_id = 'both'
group by d.call_id, c.total_amount_kr, c.source_row_key
having abs(sum(d.recommended_amount_kr) - c.total_amount_kr)
    > 50000 * count(d.recommended_amount_kr)
order by all

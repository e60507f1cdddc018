-- The awards of a grant add up to at most its pot, and all awards of a call to at most its pots.
-- owner: secretariat

-- An award for both grants is printed to a tenth of a million, so it may be off by half a tenth.
with pots as (
    select call_id, grant_type_id, pot_kr from core.dim_grant_type where pot_kr is not null
    union all
    select call_id, 'both', sum(pot_kr) from core.dim_grant_type where pot_kr is not null
    group by call_id
)

select p.call_id, p.grant_type_id, a.basis, sum(a.recommended_amount_kr) as recommended_kr, p.pot_kr
from pots p join {batch} a on p.call_id = a.call_id and p.grant_type_id in (a.grant_type_id, 'both')
group by p.call_id, p.grant_type_id, a.basis, p.pot_kr
having sum(a.recommended_amount_kr)
    > p.pot_kr + 50000 * count(case when a.grant_type_id = 'both' then a.recommended_amount_kr end)
order by all

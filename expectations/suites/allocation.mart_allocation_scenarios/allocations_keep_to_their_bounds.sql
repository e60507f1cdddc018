-- An award is at least 0 and at least its floor, and at most its cap and the amount applied for.
-- owner: secretariat

select scenario_id, basis, organisation_id, grant_type_id, recommended_amount_kr,
    applied_amount_kr, cap_kr, floor_kr
from {batch}
where recommended_amount_kr < 0 or recommended_amount_kr > applied_amount_kr
    or recommended_amount_kr > cap_kr
    or (
        recommended_amount_kr < floor_kr
        and pot_state in ('spent', 'everyone_full', 'nothing_weighs')
    )
order by all

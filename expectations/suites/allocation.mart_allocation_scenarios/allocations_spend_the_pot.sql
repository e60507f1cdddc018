-- The awards of a pot add up exactly to the pot, or to the sum of their caps if this sum is less; a
-- pot with incomplete applications has no awards.
-- owner: secretariat

-- An application with weight 0 gets its floor, so its floor counts instead of its cap.
select call_id, scenario_id, basis,
    case when scope = 'grant_type' then grant_type_id end as pot_of,
    max(pot_state) as pot_state, max(pot_kr) as pot_kr,
    sum(recommended_amount_kr) as recommended_kr,
    case
        when max(pot_state) = 'incomplete' then null
        when max(pot_state) = 'floors_exceed_pot' then 0
        else least(
            max(pot_kr),
            coalesce(sum(case when weight > 0 then cap_kr else floor_kr end), 0)
        )
    end as to_be_given_kr
from {batch}
group by call_id, scenario_id, basis, pot_of
having recommended_kr is distinct from to_be_given_kr
order by all

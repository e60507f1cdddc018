-- An application that is not selected gets no award.
-- owner: secretariat

select scenario_id, basis, organisation_id, grant_type_id, state, recommended_amount_kr
from {batch}
where recommended_amount_kr > 0 and selected is not true
order by all

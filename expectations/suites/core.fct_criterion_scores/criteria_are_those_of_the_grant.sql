-- Every scored criterion belongs to the call and the grant type of the score and has a weight.
-- owner: secretariat

select s.organisation_id, s.grant_type_id, s.criterion_id, s.source_row_key, s.call_id
from {batch} s left join core.dim_criterion c using (criterion_id)
where (s.call_id = c.call_id and s.grant_type_id = c.grant_type_id
    and c.weight_numerator is not null) is not true
order by all

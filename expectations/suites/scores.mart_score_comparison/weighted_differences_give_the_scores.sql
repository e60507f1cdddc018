-- The weighted differences between two competitors add up to the difference of their scores, within
-- rounding.
-- owner: secretariat

-- Both scores are rounded, so their difference may be off by one unit of the last decimal.
select c.area_id, c.basis, c.grant_type_id, c.organisation_id, c.other_organisation_id,
    c.call_id, sum(c.weighted_difference) as of_criteria,
    any_value(s.difference) as of_scores
from {batch} c join scores.mart_score_comparison s
    on c.call_id = s.call_id and c.area_id = s.area_id and c.basis = s.basis
    and c.grant_type_id = s.grant_type_id and c.organisation_id = s.organisation_id
    and c.other_organisation_id = s.other_organisation_id and s.measure = 'weighted_score'
join core.dim_call_parameter p
    on c.call_id = p.call_id and p.parameter = 'score_decimals'
where c.kind = 'criterion'
group by c.call_id, c.area_id, c.basis, c.grant_type_id, c.organisation_id,
    c.other_organisation_id, p.value
having count(c.weighted_difference) = count(*)
    and abs(of_criteria - of_scores) > 0.1 ** cast(p.value as integer) + 0.00001
order by all

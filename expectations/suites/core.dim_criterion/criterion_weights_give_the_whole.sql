-- The weights of a grant type have the same denominator, and their numerators add up to it.
-- owner: secretariat

select call_id, grant_type_id, min(source_row_key) as source_row_key,
    sum(weight_numerator) as sum_of_numerators,
    list(distinct weight_denominator order by weight_denominator) as denominators
from {batch}
where weight_numerator is not null
group by call_id, grant_type_id
having denominators <> [sum_of_numerators]
order by all

-- A score differs from the weighted mean of its criteria by at most half of its last decimal place.
-- owner: secretariat

select s.organisation_id, s.grant_type_id, s.source_row_key, s.call_id, s.basis, s.score,
    s.score_numerator, s.score_denominator
from {batch} s join core.dim_call_parameter p
    on s.call_id = p.call_id and p.parameter = 'score_decimals'
where s.score_origin = 'criteria' and (
    abs(2 * cast(s.score * 10000 as hugeint) * s.score_denominator
        - 20000 * cast(s.score_numerator as hugeint)) * 10 ** cast(p.value as integer)
    > 10000 * cast(s.score_denominator as hugeint)
) is not false
order by all

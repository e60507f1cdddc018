-- A selected application has a score, and neither the score nor a criterion is below the minimum of
-- the call.
-- owner: secretariat

select organisation_id, grant_type_id, source_row_key, call_id, basis, score, mean_score,
    lowest_criterion_score
from {batch}
where selected and (
    score is null
    or coalesce(lowest_criterion_score < minimum_criterion, false)
    or coalesce(
        case minimum_unit when 'organisation' then mean_score else score end
            < minimum_average,
        false
    )
)
order by all

-- criteria and key figures of each competitor are recounted; the mart says who competes with whom
with figures as (
    select call_id, basis, organisation_id, grant_type_id, 'weighted_score' as measure,
        score as value
    from scores
    union all
    select call_id, basis, organisation_id, 'both', 'mean_score', quotient(sum(score), count(*))
    from scores
    group by all
    having count(score) = count(*)
    union all
    select call_id, basis, organisation_id, grant_type_id, criterion_id, score
    from criterion_means
    union all
    select call_id, basis, organisation_id, grant_type_id, 'applied_amount', applied_amount_kr
    from scores
    union all
    select call_id, basis, organisation_id, 'both', 'applied_amount', sum(applied_amount_kr)
    from scores
    group by all
)

select figures.*
from figures
where (call_id, basis, organisation_id) in (
    select (call_id, basis, unnest([organisation_id, other_organisation_id]))
    from scores.mart_score_comparison
)
-- the mart's rows
with sides as (
    select call_id, basis, organisation_id, grant_type_id, measure, value
    from scores.mart_score_comparison
    union
    select call_id, basis, other_organisation_id, grant_type_id, measure, other_value
    from scores.mart_score_comparison
)

select * from sides
where
    value is not null
    and (
        measure in ('weighted_score', 'mean_score', 'applied_amount')
        or measure in (select criterion_id from core.dim_criterion)
    )

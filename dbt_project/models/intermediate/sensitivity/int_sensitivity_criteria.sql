with

applications as (
    select * from {{ ref('int_sensitivity_applications') }}
),

means as (
    select
        *,
        dense_rank() over (
            partition by call_id, grant_type_id
            order by criterion_id asc nulls last
        ) as place
    from {{ ref('int_criterion_means') }}
)

-- a score without criteria counts as a single criterion without id
select
    applications.application_no,
    cast(coalesce(means.place, 1) as bigint) as place,
    means.criterion_id,
    cast(coalesce(means.weight_numerator, 1) as bigint) as weight,
    coalesce(cast(means.score * 10000 as bigint), applications.score) as score
from applications
left join means
    on
        applications.call_id = means.call_id
        and applications.basis = means.basis
        and applications.organisation_id = means.organisation_id
        and applications.grant_type_id = means.grant_type_id

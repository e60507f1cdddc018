with

applications as (
    select * from {{ ref('int_sensitivity_applications') }}
),

scales as (
    select
        steps.error_step,
        numbers.n as score
    from (select distinct error_step from applications) as steps
    inner join {{ numbers_up_to(100000) }} as numbers (n) on numbers.n % steps.error_step = 0
)

-- these trials have negative numbers, so that they are not counted as draws
select
    -cast(
        row_number() over (
            order by
                criteria.application_no asc nulls last,
                criteria.place asc nulls last,
                scales.score asc nulls last
        ) as integer
    ) as trial,
    applications.area_no,
    criteria.application_no,
    criteria.place,
    criteria.criterion_id,
    criteria.score as score_from,
    scales.score as score_to
from {{ ref('int_sensitivity_criteria') }} as criteria
inner join applications on criteria.application_no = applications.application_no
inner join scales
    on applications.error_step = scales.error_step and criteria.score <> scales.score

with

applications as (
    select * from {{ ref('int_sensitivity_applications') }}
),

-- a varied score stays within the scale; a criterion that the grant does not have stays null
within_scale as (
    select
        trial,
        application_no,
        grant_weight,
        {{ each_place(
            'weight_#, case when score_# < 0 then 0 when score_# > 100000 then 100000'
            ' else score_# end as score_#'
        ) }}
    from {{ ref('int_sensitivity_draws') }}
),

summed as (
    select
        trial,
        application_no,
        grant_weight,
        {{ each_place('coalesce(weight_# * score_#, 0)', ' +') }} as weighted,
        {{ each_place('weight_#', ' +') }} as weights,
        least({{ each_place('score_#') }}) as lowest
    from within_scale
)

-- scores are rounded half away from zero to the call's decimals; a stated score has no criteria
select
    summed.trial,
    summed.application_no,
    summed.grant_weight,
    case when applications.score_origin = 'criteria' then summed.lowest end as lowest,
    applications.score_step * {{ whole_quotient(
        '2 * summed.weighted + summed.weights * applications.score_step',
        '2 * summed.weights * applications.score_step'
    ) }} as score
from summed
inner join applications on summed.application_no = applications.application_no

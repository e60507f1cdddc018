with

applications as (
    select * from {{ ref('int_sensitivity_applications') }}
),

criteria as (
    select
        application_no,
        {{ each_place(
            'cast(coalesce(sum(case when place = # then weight end), 0) as bigint) as weight_#'
        ) }},
        {{ each_place('max(case when place = # then score end) as score_#') }}
    from {{ ref('int_sensitivity_criteria') }}
    group by application_no
),

scored as (
    select
        applications.application_no,
        applications.call_id,
        applications.area_no,
        applications.grant_no,
        applications.error_step,
        {{ whole_quotient('applications.score_error', 'applications.error_step') }} as error_steps,
        {{ each_place('criteria.weight_#, criteria.score_#') }}
    from applications
    inner join criteria on applications.application_no = criteria.application_no
),

other_weights as (
    select
        weights.trial,
        scored.application_no,
        weights.grant_weight,
        {{ each_place(
            'scored.weight_# * weights.factor_# as weight_#, scored.score_# as score_#'
        ) }}
    from {{ ref('int_sensitivity_weights') }} as weights
    inner join scored on weights.grant_no = scored.grant_no
),

other_scores as (
    select
        trials.trial,
        scored.application_no,
        10000 as grant_weight,
        {{ each_place(
            'scored.weight_# as weight_#, scored.score_# + scored.error_step * '
            ~ either_way(
                scrambled('trials.chance + 40503 * (64 * scored.application_no + #)'),
                'scored.error_steps'
            ) ~ ' as score_#'
        ) }}
    from {{ ref('int_sensitivity_trials') }} as trials
    inner join scored on trials.call_id = scored.call_id
    where trials.varied = 'scores'
),

one_other_score as (
    select
        changes.trial,
        scored.application_no,
        10000 as grant_weight,
        {{ each_place(
            'scored.weight_# as weight_#, case when scored.application_no = changes.application_no'
            ' and changes.place = # then changes.score_to else scored.score_# end as score_#'
        ) }}
    from {{ ref('int_sensitivity_changes') }} as changes
    inner join scored on changes.area_no = scored.area_no
)

select * from other_weights
union all
select * from other_scores
union all
select * from one_other_score

with

applications as (
    select
        scores.*,
        rules.minimum_average,
        rules.minimum_criterion,
        rules.minimum_unit,
        rules.competition,
        rules.minimum_unit = 'organisation' or rules.when_one_grant_fails = 'all_fall'
            as falls_together,
        count(*) over organisation as applications_made,
        count(scores.score) over organisation as applications_scored,
        sum(scores.score) over organisation as sum_of_scores,
        min(scores.lowest_criterion_score) over organisation as organisation_lowest,
        sum(scores.applied_amount_kr) over organisation as organisation_applied_kr
    from {{ ref('int_application_scores') }} as scores
    left join {{ ref('int_call_rules') }} as rules on scores.call_id = rules.call_id
    window organisation as (partition by scores.call_id, scores.basis, scores.organisation_id)
),

means as (
    select
        *,
        case
            when applications_scored = applications_made
                then cast({{ ratio('sum_of_scores', 'applications_made') }} as decimal(8, 6))
        end as mean_score
    from applications
),

-- a minimum counts as met if the call does not have it, or if the criteria are unknown
met as (
    select
        *,
        case
            when minimum_average is null then true
            when minimum_unit = 'organisation' then mean_score >= minimum_average
            else score >= minimum_average
        end as average_met,
        case
            when minimum_criterion is null then true
            else lowest_criterion_score >= minimum_criterion
        end as criteria_met
    from means
),

judged as (
    select
        *,
        average_met and coalesce(criteria_met, true) as own_minimum_met,
        bool_and(average_met and coalesce(criteria_met, true))
            over (partition by call_id, basis, organisation_id) as all_minimums_met
    from met
),

fallen as (
    select
        *,
        case
            when mean_score is null then cast(null as boolean)
            when falls_together then all_minimums_met
            else own_minimum_met
        end as minimum_met
    from judged
)

select
    call_id,
    organisation_id,
    grant_type_id,
    area_id,
    applied_amount_kr,
    score,
    score_numerator,
    score_denominator,
    score_origin,
    criteria_scored,
    criteria_expected,
    lowest_criterion_score,
    lowest_criterion_id,
    average_met,
    criteria_met,
    minimum_met,
    nullif(
        concat_ws(
            ', ',
            case when not average_met then 'average' end,
            failed_criteria,
            case when own_minimum_met and not minimum_met then 'other_grant' end
        ),
        ''
    ) as failed,
    mean_score,
    organisation_lowest,
    organisation_applied_kr,
    competition,
    basis,
    source_row_key
from fallen

with

applications as (
    select * from {{ ref('int_sensitivity_applications') }}
),

scores as (
    select
        scores.trial,
        scores.application_no,
        applications.organisation_no,
        scores.grant_weight,
        scores.score,
        scores.lowest,
        scores.score >= applications.minimum_average as average_met,
        coalesce(scores.lowest >= applications.minimum_criterion, true) as criteria_met
    from {{ ref('int_sensitivity_scores') }} as scores
    inner join applications on scores.application_no = applications.application_no
),

organisations as (
    select
        trial,
        application_no,
        score,
        average_met and criteria_met as own_met,
        sum(grant_weight * score) over organisation as weighted,
        sum(grant_weight) over organisation as weights,
        min(lowest) over organisation as lowest,
        bool_and(criteria_met) over organisation as criteria_met,
        bool_and(average_met and criteria_met) over organisation as all_met
    from scores
    window organisation as (partition by trial, organisation_no)
),

-- the mean in thousand-millionths of a point, so that unlike means never look alike
means as (
    select
        *,
        {{ whole_quotient('100000 * cast(weighted as bigint)', 'cast(weights as bigint)') }}
            as mean_score
    from organisations
),

-- standing: the mean, then the lowest sub-criterion, then the points for ties, as one number
judged as (
    select
        means.trial,
        means.application_no,
        means.score,
        applications.area_no,
        applications.is_contested,
        (means.mean_score * 100002 + coalesce(means.lowest + 1, 0)) * 1000
        + applications.tie_points as standing,
        case
            when applications.by_organisation
                then
                    means.criteria_met
                    and means.mean_score >= 100000 * applications.minimum_average
            when applications.falls_together then means.all_met
            else means.own_met
        end as minimum_met
    from means
    inner join applications on means.application_no = applications.application_no
),

placed as (
    select
        *,
        max(standing) over area as highest,
        max(case when minimum_met then standing end) over area as highest_met
    from judged
    window area as (partition by trial, area_no)
)

select
    trial,
    application_no,
    score,
    minimum_met,
    case when is_contested then standing = highest end as leads,
    minimum_met and (not is_contested or standing = highest_met) as selected
from placed

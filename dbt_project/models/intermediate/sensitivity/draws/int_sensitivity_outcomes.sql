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
        scores.lowest
    from {{ ref('int_sensitivity_scores') }} as scores
    inner join applications on scores.application_no = applications.application_no
),

organisations as (
    select
        trial,
        application_no,
        score,
        lowest,
        sum(grant_weight * score) over organisation as weighted,
        sum(grant_weight) over organisation as weights,
        min(lowest) over organisation as organisation_lowest,
        min(score) over organisation as lowest_score
    from scores
    window organisation as (partition by trial, organisation_no)
),

-- the mean is in billionths of a point, so that different means stay different
means as (
    select
        *,
        {{ whole_quotient('100000 * cast(weighted as bigint)', 'cast(weights as bigint)') }}
            as mean_score
    from organisations
),

-- the standing is one number that orders organisations by mean, lowest criterion and tie points
judged as (
    select
        means.trial,
        means.application_no,
        means.score,
        case when applications.is_contested then applications.area_no end as contest_no,
        (means.mean_score * 100002 + coalesce(means.organisation_lowest + 1, 0)) * 1000
        + applications.tie_points as standing,
        case
            when applications.by_organisation or applications.falls_together
                then coalesce(means.organisation_lowest >= applications.minimum_criterion, true)
            else coalesce(means.lowest >= applications.minimum_criterion, true)
        end
        and case
            when applications.by_organisation
                then means.mean_score >= 100000 * applications.minimum_average
            when applications.falls_together
                then means.lowest_score >= applications.minimum_average
            else means.score >= applications.minimum_average
        end as minimum_met
    from means
    inner join applications on means.application_no = applications.application_no
),

placed as (
    select
        *,
        max(standing) over contest as highest,
        max(case when minimum_met then standing end) over contest as highest_met
    from judged
    window contest as (partition by trial, contest_no)
)

select
    trial,
    application_no,
    score,
    minimum_met,
    case when contest_no is not null then standing = highest end as leads,
    minimum_met and (contest_no is null or standing = highest_met) as selected
from placed

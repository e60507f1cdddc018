with

applications as (
    select * from {{ ref('int_judged_applications') }}
),

competitors as (
    select
        call_id,
        basis,
        area_id,
        organisation_id,
        max(mean_score) as mean_score,
        max(organisation_lowest) as lowest,
        max(organisation_applied_kr) as applied_kr
    from applications
    where minimum_met
    group by call_id, basis, area_id, organisation_id
),

placed as (
    select
        *,
        row_number() over (
            partition by call_id, basis, area_id
            order by
                mean_score desc nulls last,
                lowest desc nulls last,
                applied_kr asc nulls last,
                organisation_id asc nulls last
        ) as area_rank
    from competitors
),

ranked as (
    select
        applications.*,
        placed.area_rank,
        coalesce(
            applications.minimum_met
            and (applications.competition = 'none' or placed.area_rank = 1),
            false
        ) as selected
    from applications
    left join placed
        on
            applications.call_id = placed.call_id
            and applications.basis = placed.basis
            and applications.area_id = placed.area_id
            and applications.organisation_id = placed.organisation_id
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
    failed,
    mean_score,
    area_rank,
    selected,
    case
        when score is null and criteria_scored = 0 then 'not_scored'
        when mean_score is null then 'incomplete_scores'
        when not minimum_met then 'below_minimum'
        when not selected then 'lost_competition'
        else 'selected'
    end as reason,
    basis,
    source_row_key
from ranked

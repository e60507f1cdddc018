with

means as (
    select
        *,
        row_number() over (
            partition by call_id, organisation_id, grant_type_id, basis
            order by score asc nulls last, code asc nulls last, criterion_id asc nulls last
        ) as place_from_below
    from {{ ref('int_criterion_means') }}
),

expected as (
    select
        criteria.call_id,
        criteria.grant_type_id,
        count(*) as criteria_expected
    from {{ ref('dim_criterion') }} as criteria
    where criteria.weight_numerator is not null
    group by criteria.call_id, criteria.grant_type_id
),

-- scores in whole ten-thousandths of a point, so that nothing is lost before rounding
weighted as (
    select
        means.call_id,
        means.organisation_id,
        means.grant_type_id,
        means.basis,
        count(*) as criteria_scored,
        cast(sum(means.weight_numerator * cast(means.score * 10000 as bigint)) as bigint)
            as score_numerator,
        cast(max(means.weight_denominator) * 10000 as bigint) as score_denominator,
        max(case when means.place_from_below = 1 then means.score end) as lowest_criterion_score,
        max(case when means.place_from_below = 1 then means.criterion_id end)
            as lowest_criterion_id,
        {{ list_of("case when means.score < rules.minimum_criterion"
            " then 'criterion ' || means.code end", ', ') }} as failed_criteria
    from means
    inner join {{ ref('int_call_rules') }} as rules on means.call_id = rules.call_id
    group by means.call_id, means.organisation_id, means.grant_type_id, means.basis
),

counted as (
    select
        applications.call_id,
        applications.organisation_id,
        applications.grant_type_id,
        applications.area_id,
        applications.applied_amount_kr,
        applications.score as stated_score,
        applications.basis,
        applications.source_row_key,
        weighted.lowest_criterion_score,
        weighted.lowest_criterion_id,
        weighted.failed_criteria,
        coalesce(weighted.criteria_scored, 0) as criteria_scored,
        coalesce(expected.criteria_expected, 0) as criteria_expected,
        case
            when weighted.criteria_scored = expected.criteria_expected
                then weighted.score_numerator
        end as score_numerator,
        case
            when weighted.criteria_scored = expected.criteria_expected
                then weighted.score_denominator
        end as score_denominator
    from {{ ref('fct_applications') }} as applications
    left join weighted
        on
            applications.call_id = weighted.call_id
            and applications.organisation_id = weighted.organisation_id
            and applications.grant_type_id = weighted.grant_type_id
            and applications.basis = weighted.basis
    left join expected
        on
            applications.call_id = expected.call_id
            and applications.grant_type_id = expected.grant_type_id
    where applications.grant_type_id <> 'both'
)

select
    counted.*,
    cast(
        case
            when counted.criteria_scored > 0
                then {{ rounded_to(
                    'counted.score_numerator', 'rules.score_decimals',
                    denominator='counted.score_denominator'
                ) }}
            else counted.stated_score
        end
        as decimal(6, 4)
    ) as score,
    case
        when counted.score_numerator is not null then 'criteria'
        when counted.criteria_scored = 0 and counted.stated_score is not null then 'stated'
    end as score_origin
from counted
left join {{ ref('int_call_rules') }} as rules on counted.call_id = rules.call_id

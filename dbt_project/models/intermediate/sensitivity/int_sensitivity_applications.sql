with

applications as (
    select
        *,
        sum(applied_amount_kr) over (
            partition by call_id, basis, organisation_id
        ) as organisation_applied_kr
    from {{ ref('int_scored_applications') }}
    where mean_score is not null
),

rules as (
    select * from {{ ref('int_call_rules') }}
),

-- numbers replace keys, because sorting millions of rows by short values is faster
numbered as (
    select
        *,
        row_number() over (
            order by
                call_id asc nulls last,
                basis asc nulls last,
                organisation_id asc nulls last,
                grant_type_id asc nulls last
        ) as application_no,
        dense_rank() over (
            order by call_id asc nulls last, basis asc nulls last, organisation_id asc nulls last
        ) as organisation_no,
        dense_rank() over (
            order by call_id asc nulls last, basis asc nulls last, area_id asc nulls last
        ) as area_no,
        dense_rank() over (
            order by call_id asc nulls last, grant_type_id asc nulls last
        ) as grant_no,
        -- a smaller amount applied for has more points; if two amounts are equal, the earlier id
        -- has more points
        dense_rank() over (
            partition by call_id, basis, area_id
            order by organisation_applied_kr desc nulls last, organisation_id desc nulls last
        ) as tie_points
    from applications
)

select
    numbered.call_id,
    numbered.basis,
    numbered.area_id,
    numbered.organisation_id,
    numbered.grant_type_id,
    cast(numbered.application_no as integer) as application_no,
    cast(numbered.organisation_no as integer) as organisation_no,
    cast(numbered.area_no as integer) as area_no,
    cast(numbered.grant_no as integer) as grant_no,
    cast(numbered.tie_points as integer) as tie_points,
    numbered.score_origin,
    cast(numbered.score * 10000 as bigint) as score,
    -- a score that is stated, not computed from criteria, is not rounded again
    case
        when numbered.score_origin = 'criteria'
            then {{ ten_thousandths_of_a_decimal('rules.score_decimals') }}
        else 1
    end as score_step,
    {{ ten_thousandths_of_a_decimal(
        "case when numbered.score_origin = 'criteria' then rules.criterion_decimals"
        " else rules.score_decimals end"
    ) }} as error_step,
    cast(rules.sensitivity_score_error * 10000 as bigint) as score_error,
    cast(coalesce(rules.minimum_average, 0) * 10000 as bigint) as minimum_average,
    cast(coalesce(rules.minimum_criterion, 0) * 10000 as bigint) as minimum_criterion,
    rules.minimum_unit = 'organisation' as by_organisation,
    rules.when_one_grant_fails = 'all_fall' as falls_together,
    rules.competition <> 'none'
    and min(numbered.organisation_no) over (partition by numbered.area_no)
    < max(numbered.organisation_no) over (partition by numbered.area_no) as is_contested
from numbered
inner join rules on numbered.call_id = rules.call_id

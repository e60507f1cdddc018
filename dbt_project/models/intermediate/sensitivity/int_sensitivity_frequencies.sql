{# The models of the draws are views; only the counts of their outcomes are stored. #}
with

applications as (
    select * from {{ ref('int_sensitivity_applications') }}
),

compared as (
    select * from {{ ref('int_sensitivity_comparisons') }}
),

of_applications as (
    select
        application_no,
        varied,
        count(case when minimum_changed then 1 end) as minimum_changed,
        count(case when selected_changed then 1 end) as selected_changed,
        case when count(award_ore) > 0 then count(case when award_changed then 1 end) end
            as award_changed,
        min(award_ore) as award_lowest,
        {{ quantile_of('award_ore', '0.05') }} as award_p5,
        {{ quantile_of('award_ore', '0.5') }} as award_median,
        {{ quantile_of('award_ore', '0.95') }} as award_p95,
        max(award_ore) as award_highest
    from compared
    group by application_no, varied
),

-- count the draws in which at least one outcome changes in an area, or in the call (rows without an
-- area)
changed as (
    select
        trial,
        call_id,
        basis,
        area_no,
        varied,
        minimum_changed,
        selected_changed,
        order_changed
    from compared
    where minimum_changed or selected_changed or order_changed
    union all
    select
        trial,
        call_id,
        basis,
        cast(null as bigint) as area_no,
        varied,
        minimum_changed,
        selected_changed,
        order_changed
    from compared
    where minimum_changed or selected_changed or order_changed
),

together as (
    select
        call_id,
        basis,
        area_no,
        varied,
        count(distinct case when minimum_changed then trial end) as minimum_changed,
        count(distinct case when selected_changed then trial end) as selected_changed,
        count(distinct case when order_changed then trial end) as order_changed
    from changed
    group by call_id, basis, area_no, varied
)

select
    applications.call_id,
    applications.basis,
    applications.area_no,
    of_applications.application_no,
    of_applications.varied,
    of_applications.minimum_changed,
    of_applications.selected_changed,
    cast(null as bigint) as order_changed,
    of_applications.award_changed,
    of_applications.award_lowest,
    of_applications.award_p5,
    of_applications.award_median,
    of_applications.award_p95,
    of_applications.award_highest
from of_applications
inner join applications on of_applications.application_no = applications.application_no
union all
select
    call_id,
    basis,
    area_no,
    cast(null as bigint) as application_no,
    varied,
    minimum_changed,
    selected_changed,
    order_changed,
    cast(null as bigint) as award_changed,
    cast(null as bigint) as award_lowest,
    cast(null as bigint) as award_p5,
    cast(null as bigint) as award_median,
    cast(null as bigint) as award_p95,
    cast(null as bigint) as award_highest
from together

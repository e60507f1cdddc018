{# Whether each organisation has reported every dataset that a group of figures rests on. #}
with

submissions as (
    select
        reporting.basis,
        reporting.dataset,
        years.year,
        reporting.organisation_id,
        max(case when reporting.is_expected then 1 else 0 end) as is_expected,
        max(case when reporting.is_reported then 1 else 0 end) as is_reported
    from {{ ref('fct_reporting') }} as reporting
    inner join {{ ref('stg_evaluation_periods') }} as years
        on
            reporting.period_id = cast(years.year as varchar)
            and reporting.period_id = years.period_id
    where reporting.organisation_id <> 'denmark'
    group by reporting.basis, reporting.dataset, years.year, reporting.organisation_id
),

registered as (
    select distinct
        basis,
        year,
        area_id
    from {{ ref('fct_load_areas') }}
),

-- the agency reports the companies of each area; an organisation has them if its areas do
registers as (
    select
        submissions.basis,
        'companies' as dataset,
        submissions.year,
        submissions.organisation_id,
        max(submissions.is_expected) as is_expected,
        min(case when registered.area_id is null then 0 else 1 end) as is_reported
    from submissions
    left join {{ ref('int_organisation_areas') }} as areas
        on
            submissions.organisation_id = areas.organisation_id
            and submissions.year = areas.year
    left join registered
        on
            submissions.basis = registered.basis
            and submissions.year = registered.year
            and areas.area_id = registered.area_id
    where submissions.dataset in ('activities', 'participants')
    group by submissions.basis, submissions.year, submissions.organisation_id
),

side_by_side as (
    select * from submissions
    union all
    select * from registers
),

counted as (
    select
        side_by_side.basis,
        groups.figure_group,
        side_by_side.organisation_id,
        side_by_side.year,
        sum(side_by_side.is_expected) as datasets_expected,
        sum(side_by_side.is_reported) as datasets_reported
    from side_by_side
    inner join {{ ref('stg_figure_groups') }} as groups on side_by_side.dataset = groups.dataset
    group by
        side_by_side.basis, groups.figure_group, side_by_side.organisation_id, side_by_side.year
),

sizes as (
    select
        figure_group,
        count(*) as datasets
    from {{ ref('stg_figure_groups') }}
    group by figure_group
)

select
    counted.basis,
    counted.figure_group,
    counted.organisation_id,
    counted.year,
    counted.datasets_reported = sizes.datasets as is_reported,
    -- an organisation that is excused from a dataset is not due with figures that rest on it
    counted.datasets_reported = sizes.datasets
    or counted.datasets_expected in (0, sizes.datasets) as is_due
from counted
inner join sizes on counted.figure_group = sizes.figure_group

{# The state of each submission that a group of figures needs, by organisation and year. #}
with

submissions as (
    select
        reporting.basis,
        reporting.dataset,
        years.year,
        reporting.organisation_id,
        max(case when reporting.is_expected then 1 else 0 end) as is_expected,
        max(case when reporting.is_reported then 1 else 0 end) as is_reported,
        min(reporting.status) as status
    from {{ ref('fct_reporting') }} as reporting
    inner join {{ ref('stg_evaluation_periods') }} as years
        on
            reporting.period_id = cast(years.year as varchar)
            and reporting.period_id = years.period_id
    group by reporting.basis, reporting.dataset, years.year, reporting.organisation_id
),

registered as (
    select distinct
        basis,
        year,
        area_id
    from {{ ref('fct_load_areas') }}
),

-- the agency reports companies by area; an organisation is complete if all its areas are reported
areas as (
    select
        submissions.basis,
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

registers as (
    select
        areas.basis,
        'companies' as dataset,
        areas.year,
        areas.organisation_id,
        areas.is_expected,
        areas.is_reported,
        case
            when areas.is_reported = 0 and registers.is_reported = 1 then 'without_area'
            when areas.is_reported = 1 then 'in'
            else coalesce(registers.status, 'not_due')
        end as status
    from areas
    left join submissions as registers
        on
            areas.basis = registers.basis
            and areas.year = registers.year
            and registers.dataset = 'companies'
            and registers.organisation_id = 'denmark'
),

side_by_side as (
    select * from submissions
    where organisation_id <> 'denmark'
    union all
    select * from registers
)

select
    side_by_side.basis,
    groups.figure_group,
    side_by_side.organisation_id,
    side_by_side.year,
    side_by_side.dataset,
    side_by_side.is_expected = 1 as is_expected,
    side_by_side.is_reported = 1 as is_reported,
    side_by_side.status
from side_by_side
inner join {{ ref('stg_figure_groups') }} as groups on side_by_side.dataset = groups.dataset

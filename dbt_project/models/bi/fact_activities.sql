with

periods as (
    select * from {{ ref('int_preferred_periods') }}
    where figure_group = 'activities'
),

-- a project that is reported for several years counts once, in the first of them
reported as (
    select
        periods.period_id,
        periods.date_id,
        periods.basis,
        periods.completeness,
        activities.organisation_id,
        activities.activity_type_id,
        row_number() over (
            partition by
                activities.basis, activities.organisation_id, activities.activity_id,
                activities.start_date
            order by activities.year asc nulls last, activities.source_row_key asc nulls last
        ) as place
    from {{ ref('fct_activities') }} as activities
    inner join {{ ref('int_figure_scopes') }} as scopes
        on
            activities.basis = scopes.basis
            and activities.organisation_id = scopes.organisation_id
            and activities.year = scopes.year
            and scopes.period_id = cast(activities.year as varchar)
    inner join periods
        on scopes.basis = periods.basis and scopes.period_id = periods.source_period_id
    where scopes.figure_group = 'activities' and activities.cluster_grant_funded
),

counted as (
    select
        organisation_id,
        period_id,
        date_id,
        activity_type_id,
        basis,
        completeness,
        count(*) as activities
    from reported
    where place = 1
    group by organisation_id, period_id, date_id, activity_type_id, basis, completeness
    union all
    select
        'not_distributed' as organisation_id,
        periods.period_id,
        periods.date_id,
        'not_distributed' as activity_type_id,
        periods.basis,
        periods.completeness,
        printed.activities
    from {{ ref('int_printed_activities') }} as printed
    inner join periods
        on printed.period_id = periods.source_period_id and periods.basis = 'published'
)

select
    organisation_id,
    period_id,
    date_id,
    activity_type_id,
    basis as basis_id,
    completeness as completeness_id,
    cast(activities as bigint) as activities
from counted

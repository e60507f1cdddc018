{#
  Chooses the periods that the star counts for each group of figures, and the basis of each period.
  A printed period counts until all its years are reported. A reported year counts if no printed
  period that counts contains it. The sample counts only in a group without other figures. No two
  periods have a year in common.
#}
with

printed as (
    select distinct
        'funding' as figure_group,
        period_id
    from {{ ref('int_printed_funding') }}
    where series_id = '{{ var("submitted_series") }}'
    union all
    select
        'activities' as figure_group,
        period_id
    from {{ ref('int_printed_activities') }}
),

printed_periods as (
    select
        printed.figure_group,
        printed.period_id,
        periods.first_year,
        periods.last_year,
        periods.number_of_years
    from printed
    inner join {{ ref('dim_period') }} as periods on printed.period_id = periods.period_id
),

reported_years as (
    select * from {{ ref('int_reported_years') }}
),

-- a printed period with all of its years reported
replaced as (
    select
        printed_periods.figure_group,
        printed_periods.period_id
    from printed_periods
    inner join reported_years
        on
            printed_periods.figure_group = reported_years.figure_group
            and printed_periods.first_year <= reported_years.year
            and printed_periods.last_year >= reported_years.year
    where reported_years.basis = 'reported' and reported_years.is_whole
    group by
        printed_periods.figure_group, printed_periods.period_id, printed_periods.number_of_years
    having count(*) = printed_periods.number_of_years
),

-- if printed periods have a year in common, the longest period counts; among equally long periods,
-- the latest counts
standing as (
    select printed_periods.*
    from printed_periods
    left join printed_periods as others
        on
            printed_periods.figure_group = others.figure_group
            and printed_periods.first_year <= others.last_year
            and printed_periods.last_year >= others.first_year
            and (
                printed_periods.number_of_years < others.number_of_years
                or printed_periods.number_of_years = others.number_of_years
                and printed_periods.first_year < others.first_year
            )
    left join replaced
        on
            printed_periods.figure_group = replaced.figure_group
            and printed_periods.period_id = replaced.period_id
    where others.period_id is null and replaced.period_id is null
),

-- groups with figures that are not sample data
real_groups as (
    select figure_group from printed_periods
    union
    select figure_group from reported_years
    where basis = 'reported'
),

counted_years as (
    select reported_years.*
    from reported_years
    left join standing
        on
            reported_years.figure_group = standing.figure_group
            and reported_years.year >= standing.first_year
            and reported_years.year <= standing.last_year
    left join real_groups on reported_years.figure_group = real_groups.figure_group
    where
        standing.period_id is null
        and (reported_years.basis = 'reported' or real_groups.figure_group is null)
)

select
    figure_group,
    period_id as source_period_id,
    period_id,
    {{ date_of_period('first_year', 'last_year') }} as date_id,
    'published' as basis,
    'printed' as completeness
from standing
union all
select
    figure_group,
    period_id as source_period_id,
    case when is_whole then period_id else period_id || '_so_far' end as period_id,
    {{ first_day_of('year') }} as date_id,
    basis,
    completeness
from counted_years

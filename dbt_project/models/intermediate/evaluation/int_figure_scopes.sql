{#
  Lists the reports that a figure is computed from, by organisation and year. A report counts in the
  figure of its organisation and in the figure of the country.
#}
with

reports as (
    select
        years.basis,
        years.figure_group,
        periods.period_id,
        years.year,
        years.organisation_id
    from {{ ref('int_figure_years') }} as years
    inner join {{ ref('stg_evaluation_periods') }} as periods on years.year = periods.year
    where years.is_reported
),

counted as (
    select
        reports.*,
        organisations.is_complete,
        organisations.counts_for_country
    from reports
    inner join {{ ref('int_figure_periods') }} as organisations
        on
            reports.basis = organisations.basis
            and reports.figure_group = organisations.figure_group
            and reports.period_id = organisations.period_id
            and reports.organisation_id = organisations.organisation_id
)

select
    basis,
    figure_group,
    period_id,
    year,
    organisation_id as reporting_organisation_id,
    organisation_id
from counted
where is_complete
union all
select
    counted.basis,
    counted.figure_group,
    counted.period_id,
    counted.year,
    counted.organisation_id as reporting_organisation_id,
    countries.organisation_id
from counted
inner join {{ ref('int_country_periods') }} as countries
    on
        counted.basis = countries.basis
        and counted.figure_group = countries.figure_group
        and counted.period_id = countries.period_id
where counted.counts_for_country

{#
  Counts the years of a period that an organisation has reported. An organisation that begins or
  stops reporting within the period must report only some of the years. It has no figure for the
  period, but its reported years count for the country.
#}
with

years as (
    select
        reporting.basis,
        reporting.figure_group,
        periods.period_id,
        periods.year,
        reporting.organisation_id,
        reporting.is_reported
    from {{ ref('int_figure_years') }} as reporting
    inner join {{ ref('stg_evaluation_periods') }} as periods on reporting.year = periods.year
    where reporting.is_due
),

lengths as (
    select
        period_id,
        count(*) as years
    from {{ ref('stg_evaluation_periods') }}
    group by period_id
),

-- count the years for which at least one organisation must report
due_years as (
    select
        basis,
        figure_group,
        period_id,
        count(distinct year) as years
    from years
    group by basis, figure_group, period_id
),

organisations as (
    select
        basis,
        figure_group,
        period_id,
        organisation_id,
        count(*) as years_due,
        sum(case when is_reported then 1 else 0 end) as years_in
    from years
    group by basis, figure_group, period_id, organisation_id
)

select
    organisations.basis,
    organisations.figure_group,
    organisations.period_id,
    organisations.organisation_id,
    lengths.years as years_in_period,
    organisations.years_due,
    organisations.years_in,
    organisations.years_in = lengths.years as is_complete,
    organisations.years_in = organisations.years_due and due_years.years = lengths.years
        as counts_for_country,
    due_years.years = lengths.years as each_year_has_reporters
from organisations
inner join lengths on organisations.period_id = lengths.period_id
inner join due_years
    on
        organisations.basis = due_years.basis
        and organisations.figure_group = due_years.figure_group
        and organisations.period_id = due_years.period_id

{#
  Counts the refused rows in loads that count, for each organisation that must report and for the
  country. A load that reports on several organisations counts once.
#}
with

scopes as (
    select
        basis,
        figure_group,
        period_id,
        organisation_id as reporting_organisation_id,
        organisation_id
    from {{ ref('int_figure_periods') }}
    union all
    select
        organisations.basis,
        organisations.figure_group,
        organisations.period_id,
        organisations.organisation_id as reporting_organisation_id,
        countries.organisation_id
    from {{ ref('int_figure_periods') }} as organisations
    inner join {{ ref('int_country_periods') }} as countries
        on
            organisations.basis = countries.basis
            and organisations.figure_group = countries.figure_group
            and organisations.period_id = countries.period_id
),

loads as (
    select distinct
        scopes.basis,
        scopes.figure_group,
        scopes.period_id,
        scopes.organisation_id,
        loads.load_id,
        loads.rows_refused,
        loads.refused_amount_kr
    from scopes
    inner join {{ ref('stg_figure_groups') }} as groups
        on scopes.figure_group = groups.figure_group
    inner join {{ ref('stg_evaluation_periods') }} as years
        on scopes.period_id = years.period_id
    inner join {{ ref('fct_load_subjects') }} as loads
        on
            scopes.basis = loads.basis
            and groups.dataset = loads.dataset
            and cast(years.year as varchar) = loads.period_id
    where
        loads.rows_refused > 0
        and loads.organisation_id in (scopes.reporting_organisation_id, 'denmark')
)

select
    basis,
    figure_group,
    period_id,
    organisation_id,
    sum(rows_refused) as rows_refused,
    sum(refused_amount_kr) as refused_amount_kr
from loads
group by basis, figure_group, period_id, organisation_id

{# Counts the expected and the reported organisations and years of each figure, and refused rows. #}
with

scopes as (
    select
        basis,
        figure_group,
        period_id,
        organisation_id,
        1 as reporters_in,
        1 as reporters_due,
        years_in_period
    from {{ ref('int_figure_periods') }}
    where is_complete
    union all
    select
        basis,
        figure_group,
        period_id,
        organisation_id,
        reporters_in,
        reporters_due,
        years_in_period
    from {{ ref('int_country_periods') }}
    where reporters_in > 0
),

-- a load that reports on several organisations counts once
refused_loads as (
    select distinct
        scopes.basis,
        scopes.figure_group,
        scopes.period_id,
        scopes.organisation_id,
        loads.load_id,
        loads.rows_refused
    from {{ ref('int_figure_scopes') }} as scopes
    inner join {{ ref('stg_figure_groups') }} as groups
        on scopes.figure_group = groups.figure_group
    inner join {{ ref('fct_load_subjects') }} as loads
        on
            scopes.basis = loads.basis
            and groups.dataset = loads.dataset
            and cast(scopes.year as varchar) = loads.period_id
    where
        loads.rows_refused > 0
        and loads.organisation_id in (scopes.reporting_organisation_id, 'denmark')
),

refused as (
    select
        basis,
        figure_group,
        period_id,
        organisation_id,
        sum(rows_refused) as rows_refused
    from refused_loads
    group by basis, figure_group, period_id, organisation_id
)

select
    scopes.basis,
    scopes.figure_group,
    scopes.period_id,
    scopes.organisation_id,
    cast(scopes.reporters_in as integer) as reporters_in,
    cast(scopes.reporters_due as integer) as reporters_due,
    cast(scopes.years_in_period as integer) as years_in,
    cast(scopes.years_in_period as integer) as years_due,
    cast(coalesce(refused.rows_refused, 0) as bigint) as rows_refused,
    case
        when scopes.reporters_in < scopes.reporters_due then 'partial'
        when refused.rows_refused > 0 then 'rows_refused'
        else 'complete'
    end as completeness
from scopes
left join refused
    on
        scopes.basis = refused.basis
        and scopes.figure_group = refused.figure_group
        and scopes.period_id = refused.period_id
        and scopes.organisation_id = refused.organisation_id

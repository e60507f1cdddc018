{#
  The organisations whose rows count in a figure. Each counts in its own figure, and in the figure of
  the country.
#}
select
    basis,
    figure_group,
    period_id,
    organisation_id as reporting_organisation_id,
    organisation_id
from {{ ref('int_figure_periods') }}
where is_complete
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
where organisations.counts_for_country

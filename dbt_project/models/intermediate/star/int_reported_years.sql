{# Lists the years with any report. A year is whole if everybody who must report has reported. #}
select
    countries.basis,
    countries.figure_group,
    countries.period_id,
    cast(countries.period_id as integer) as year,
    countries.organisation_id = 'denmark' as is_whole,
    completeness.completeness
from {{ ref('int_country_periods') }} as countries
left join {{ ref('int_completeness') }} as completeness
    on
        countries.basis = completeness.basis
        and countries.figure_group = completeness.figure_group
        and countries.period_id = completeness.period_id
        and countries.organisation_id = completeness.organisation_id
where countries.years_in_period = 1 and countries.reporters_in > 0

{#
  Lists the companies of an area in a year, and says whether they took part in activities of the
  area's organisation. An area is included only if its organisation has reported activities and
  participants for the year.
#}
with

took_part as (
    select distinct
        basis,
        period_id,
        organisation_id,
        participant_id
    from {{ ref('int_counted_participations') }}
    where participant_type = 'company' and is_danish
)

select
    companies.basis,
    companies.year,
    areas.organisation_id,
    companies.company_id,
    case
        when took_part.participant_id is null then 'not_participating' else 'participating'
    end as participation,
    companies.employees,
    companies.exports,
    companies.turnover_kr,
    {{ ratio('companies.turnover_kr', 'companies.employees') }} as turnover_per_employee_kr
from {{ ref('fct_company_population') }} as companies
inner join {{ ref('int_organisation_areas') }} as areas
    on companies.area_id = areas.area_id and companies.year = areas.year
inner join {{ ref('int_figure_scopes') }} as scopes
    on
        companies.basis = scopes.basis
        and cast(companies.year as varchar) = scopes.period_id
        and areas.organisation_id = scopes.organisation_id
        and scopes.figure_group = 'coverage'
left join took_part
    on
        companies.basis = took_part.basis
        and cast(companies.year as varchar) = took_part.period_id
        and areas.organisation_id = took_part.organisation_id
        and companies.company_id = took_part.participant_id

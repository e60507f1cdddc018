{{ config(materialized='view') }}
{#
  Danish companies that took part and whose industry is known. Each company has a row with the tie
  total. If the register has the organisation's area, the company has a second row with its tie to
  the area. The model is a view, because rows are only joined.
#}
with

companies as (
    select
        basis,
        period_id,
        organisation_id,
        company_id,
        industry_code,
        industry_code_version,
        left(industry_code, 2) as industry_division
    from {{ ref('int_participating_companies') }}
    where industry_code is not null
),

area_industries as (
    select * from {{ ref('int_area_industries') }}
),

registered as (
    select distinct
        basis,
        period_id,
        organisation_id
    from area_industries
)

select
    *,
    'total' as industry_tie
from companies
union all
select
    companies.*,
    coalesce(area_industries.industry_tie, 'not_tied') as industry_tie
from companies
inner join registered
    on
        companies.basis = registered.basis
        and companies.period_id = registered.period_id
        and companies.organisation_id = registered.organisation_id
left join area_industries
    on
        companies.basis = area_industries.basis
        and companies.period_id = area_industries.period_id
        and companies.organisation_id = area_industries.organisation_id
        and companies.industry_code = area_industries.industry_code
        and companies.industry_code_version = area_industries.industry_code_version

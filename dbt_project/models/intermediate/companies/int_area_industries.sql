{#
  Reads the industries of each organisation's area from the extract of the business register, by
  period. An extract for one year of the period is enough, because the industries of an area do not
  change from year to year.
#}
select
    companies.basis,
    periods.period_id,
    areas.organisation_id,
    companies.industry_code,
    companies.industry_code_version,
    -- a code that is core for any company of the area is core
    case
        when sum(case when companies.industry_role = 'core' then 1 else 0 end) > 0
            then 'core_industry'
        else 'supporting_industry'
    end as industry_tie
from {{ ref('fct_company_population') }} as companies
inner join {{ ref('stg_evaluation_periods') }} as periods on companies.year = periods.year
inner join {{ ref('int_organisation_areas') }} as areas
    on companies.area_id = areas.area_id and companies.year = areas.year
group by
    companies.basis,
    periods.period_id,
    areas.organisation_id,
    companies.industry_code,
    companies.industry_code_version

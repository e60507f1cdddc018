{#
  Computes medians and shares of an area's companies, separately for the companies that took part
  and for those that did not.
#}
with

ranked as (
    select
        *,
        row_number() over (
            partition by basis, organisation_id, year, participation
            order by employees nulls last, company_id nulls last
        ) as employees_place,
        row_number() over (
            partition by basis, organisation_id, year, participation
            order by turnover_kr nulls last, company_id nulls last
        ) as turnover_place,
        row_number() over (
            partition by basis, organisation_id, year, participation
            order by turnover_per_employee_kr nulls last, company_id nulls last
        ) as productivity_place,
        count(*) over (partition by basis, organisation_id, year, participation) as companies,
        count(turnover_per_employee_kr) over (
            partition by basis, organisation_id, year, participation
        ) as companies_with_employees
    from {{ ref('int_area_companies') }}
)

select
    basis,
    organisation_id,
    cast(year as varchar) as period_id,
    participation,
    companies,
    {{ median_of('employees', 'employees_place', 'companies') }} as median_employees,
    {{ ratio('sum(case when exports then 1 else 0 end)', 'companies') }} as exporting_share,
    {{ median_of('turnover_kr', 'turnover_place', 'companies') }} as median_turnover_kr,
    {{ median_of('turnover_per_employee_kr', 'productivity_place', 'companies_with_employees') }}
        as median_turnover_per_employee_kr
from ranked
group by basis, organisation_id, year, participation, companies, companies_with_employees

-- a median is the middle value of a sorted list, or the mean of its two middle values
with profiles as (
    select
        basis, organisation_id, period_id,
        if(participates, 'participating', 'not_participating') as participation,
        count(*) as companies,
        quotient(count(*) filter (where exports), count(*)) as exporting_share,
        list_sort(list(employees) filter (where employees is not null)) as employees,
        list_sort(list(turnover_kr) filter (where turnover_kr is not null)) as turnovers,
        list_sort(
            list(turnover_per_employee_kr) filter (where turnover_per_employee_kr is not null)
        ) as productivities
    from area_companies
    group by all
)

select
    organisation_id, period_id, participation,
    unless_withheld(companies, companies) as companies,
    unless_withheld(companies, quotient(
        employees[(len(employees) + 1) // 2] + employees[len(employees) // 2 + 1], 2
    )) as median_employees,
    unless_withheld(companies, exporting_share) as exporting_share,
    unless_withheld(companies, quotient(quotient(
        turnovers[(len(turnovers) + 1) // 2] + turnovers[len(turnovers) // 2 + 1], 2
    ), 1, places := 2)) as median_turnover_kr,
    unless_withheld(companies, quotient(quotient(
        productivities[(len(productivities) + 1) // 2]
        + productivities[len(productivities) // 2 + 1], 2
    ), 1, places := 2)) as median_turnover_per_employee_kr,
    companies in (1, 2) as is_withheld, basis,
    completeness_of(basis, 'coverage', period_id, organisation_id) as completeness
from profiles
union all
select
    organisation_id, period_id, breakdown,
    max(value) filter (where indicator_id = 'company_count'),
    max(value) filter (where indicator_id = 'median_employees'),
    max(value) filter (where indicator_id = 'exporting_companies'),
    max(amount_kr) filter (where indicator_id = 'median_turnover'),
    max(amount_kr) filter (where indicator_id = 'median_productivity'),
    false, basis, 'printed'
from cells
where table_id = 'table_4' and organisation_id is not null
group by all

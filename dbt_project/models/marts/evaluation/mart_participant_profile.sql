select
    organisation_id,
    organisation_name,
    period_id,
    breakdown as participation,
    cast(max(case when indicator_id = 'company_count' then value end) as bigint) as companies,
    max(case when indicator_id = 'median_employees' then value end) as median_employees,
    max(case when indicator_id = 'exporting_companies' then value end) as exporting_share,
    max(case when indicator_id = 'median_turnover' then amount_kr end) as median_turnover_kr,
    max(case when indicator_id = 'median_productivity' then amount_kr end)
        as median_turnover_per_employee_kr,
    max(case when indicator_id = 'company_count' then figure_id end) as figure_id,
    'published' as basis
from {{ ref('int_dfir_cells') }}
where table_id = 'table_4' and organisation_id is not null
group by organisation_id, organisation_name, period_id, breakdown

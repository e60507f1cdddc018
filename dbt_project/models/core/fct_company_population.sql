select
    company_id,
    area_id,
    year,
    industry_role,
    employees,
    exports,
    turnover_kr,
    industry_code,
    industry_code_version,
    basis,
    load_id,
    source_row_key
from {{ ref('stg_companies') }}

select
    source_row_key,
    load_id,
    reporter,
    cast(period as integer) as year,
    basis,
    company_id,
    area_id,
    industry_role,
    employees,
    exports,
    turnover_kr,
    industry_code,
    industry_code_version
from {{ source('raw', 'companies') }}

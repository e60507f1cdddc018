select
    industry_division,
    industry_code_version,
    label_da,
    label_en
from {{ ref('stg_industries') }}

select
    cast(industry_division as varchar) as industry_division,
    cast(industry_code_version as varchar) as industry_code_version,
    cast(label_da as varchar) as label_da,
    cast(label_en as varchar) as label_en
from {{ ref('industries') }}

select
    cast(printed_text as varchar) as printed_text,
    cast(industry_division as varchar) as industry_division,
    cast(industry_code_version as varchar) as industry_code_version
from {{ ref('industry_spellings') }}

select
    cast(code_list as varchar) as code_list,
    cast(code as varchar) as code,
    cast(name_da as varchar) as name_da,
    cast(name_en as varchar) as name_en
from {{ ref('code_labels') }}

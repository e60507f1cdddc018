select
    code_list,
    code,
    name_da,
    name_en
from {{ ref('stg_code_labels') }}

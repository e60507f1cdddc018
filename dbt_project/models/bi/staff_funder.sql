select
    code as staff_funder_id,
    name_da,
    name_en
from {{ ref('dim_code_label') }}
where code_list = 'staff_funder'

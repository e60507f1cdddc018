select
    grant_type_id,
    label_da as name_da,
    label_en as name_en
from {{ ref('dim_grant_type') }}
union all
select
    code as grant_type_id,
    name_da,
    name_en
from {{ ref('dim_code_label') }}
where code_list = 'grant_type'

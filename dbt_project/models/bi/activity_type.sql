select
    activity_type_id,
    label_da as name_da,
    label_en as name_en
from {{ ref('dim_activity_type') }}
union all
select
    code as activity_type_id,
    name_da,
    name_en
from {{ ref('dim_code_label') }}
where code_list = 'activity_type'

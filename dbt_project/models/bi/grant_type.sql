select
    grant_type_id,
    label_da as name_da,
    label_en as name_en
from {{ ref('dim_grant_type') }}

select
    cast(area_id as varchar) as area_id,
    cast(label_en as varchar) as label_en
from {{ ref('areas') }}

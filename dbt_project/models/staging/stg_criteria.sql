select
    cast(criterion_id as varchar) as criterion_id,
    cast(call_id as varchar) as call_id,
    cast(grant_type_id as varchar) as grant_type_id,
    cast(code as varchar) as code,
    cast(label_da as varchar) as label_da,
    cast(label_en as varchar) as label_en
from {{ ref('criteria') }}

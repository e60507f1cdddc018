select
    cast(activity_type_id as varchar) as activity_type_id,
    cast(scheme as varchar) as scheme,
    cast(label_da as varchar) as label_da,
    cast(label_en as varchar) as label_en
from {{ ref('activity_types') }}

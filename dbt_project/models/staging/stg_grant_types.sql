select
    cast(grant_type_id as varchar) as grant_type_id,
    cast(label_da as varchar) as label_da,
    cast(label_en as varchar) as label_en,
    cast(programme_period as varchar) as programme_period
from {{ ref('grant_types') }}

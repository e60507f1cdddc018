select
    cast(indicator_id as varchar) as indicator_id,
    cast(label_da as varchar) as label_da,
    cast(label_en as varchar) as label_en,
    cast(unit as varchar) as unit,
    cast(domain as varchar) as domain
from {{ ref('indicators') }}

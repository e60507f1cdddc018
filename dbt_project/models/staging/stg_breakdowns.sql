select
    cast(breakdown as varchar) as breakdown,
    cast(kind as varchar) as kind,
    cast(label_da as varchar) as label_da,
    cast(label_en as varchar) as label_en
from {{ ref('breakdowns') }}

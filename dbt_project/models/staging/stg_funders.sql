select
    cast(funder_id as varchar) as funder_id,
    cast(label_da as varchar) as label_da,
    cast(label_en as varchar) as label_en,
    cast(kind as varchar) as kind
from {{ ref('funders') }}

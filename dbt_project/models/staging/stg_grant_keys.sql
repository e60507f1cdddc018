select
    cast(grant_key as varchar) as grant_type_id,
    cast(label_da as varchar) as label_da,
    cast(label_en as varchar) as label_en
from {{ ref('grant_keys') }}

select
    indicator_id,
    label_da,
    label_en,
    unit,
    domain
from {{ ref('stg_indicators') }}

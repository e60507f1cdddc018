select
    breakdown,
    kind,
    label_da,
    label_en
from {{ ref('stg_breakdowns') }}

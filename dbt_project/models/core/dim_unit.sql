select
    unit,
    label_da,
    label_en,
    kr_factor
from {{ ref('stg_units') }}

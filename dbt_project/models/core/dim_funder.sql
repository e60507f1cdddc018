select
    funder_id,
    label_da,
    label_en,
    kind
from {{ ref('stg_funders') }}

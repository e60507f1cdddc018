select
    kind,
    term,
    label_da,
    label_en
from {{ ref('stg_reporting_terms') }}

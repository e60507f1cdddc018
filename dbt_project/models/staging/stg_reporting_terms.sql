select
    cast(kind as varchar) as kind,
    cast(term as varchar) as term,
    cast(label_da as varchar) as label_da,
    cast(label_en as varchar) as label_en
from {{ ref('reporting_terms') }}

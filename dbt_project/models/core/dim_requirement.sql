select
    requirement_id,
    call_id,
    kind,
    label_en,
    scope,
    value,
    unit,
    document_id,
    line_number,
    note,
    document_id || '#' || cast(line_number as varchar) as source_row_key
from {{ ref('stg_requirements') }}

select
    funder_id,
    call_id,
    term,
    value,
    {{ text_to_decimal('value') }} as value_number,
    unit,
    document_id,
    line_number,
    note,
    document_id || '#' || cast(line_number as varchar) as source_row_key
from {{ ref('stg_funder_terms') }}

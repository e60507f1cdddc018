select
    call_id,
    parameter,
    value,
    document_id,
    line_number,
    note,
    document_id || '#' || cast(line_number as varchar) as source_row_key
from {{ ref('stg_call_parameters') }}

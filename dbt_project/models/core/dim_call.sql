select
    call_id,
    label_da,
    label_en,
    period_id,
    announced_on,
    total_amount_kr,
    document_id,
    line_number,
    document_id || '#' || cast(line_number as varchar) as source_row_key
from {{ ref('stg_calls') }}

select
    cast(call_id as varchar) as call_id,
    cast(label_da as varchar) as label_da,
    cast(label_en as varchar) as label_en,
    cast(period_id as varchar) as period_id,
    cast(announced_on as varchar) as announced_on,
    cast(total_amount_kr as decimal(18, 2)) as total_amount_kr,
    cast(document_id as varchar) as document_id,
    cast(line_number as integer) as line_number
from {{ ref('calls') }}

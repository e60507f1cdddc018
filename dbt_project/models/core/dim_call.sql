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
union all
select
    code as call_id,
    name_da as label_da,
    name_en as label_en,
    cast(null as varchar) as period_id,
    cast(null as varchar) as announced_on,
    cast(null as decimal(18, 2)) as total_amount_kr,
    cast(null as varchar) as document_id,
    cast(null as integer) as line_number,
    cast(null as varchar) as source_row_key
from {{ ref('stg_code_labels') }}
where code_list = 'call'

select
    scenario_id,
    call_id,
    rule,
    scope,
    cap_percent,
    cap_kr,
    floor_percent,
    floor_kr,
    is_call_rule,
    label_da,
    label_en,
    document_id,
    line_number,
    note,
    document_id || '#' || cast(line_number as varchar) as source_row_key
from {{ ref('stg_allocation_scenarios') }}

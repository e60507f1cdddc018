select
    cast(scenario_id as varchar) as scenario_id,
    cast(call_id as varchar) as call_id,
    cast(rule as varchar) as rule,
    cast(scope as varchar) as scope,
    cast(cap_percent as decimal(20, 6)) as cap_percent,
    cast(cap_kr as decimal(18, 2)) as cap_kr,
    cast(floor_percent as decimal(20, 6)) as floor_percent,
    cast(floor_kr as decimal(18, 2)) as floor_kr,
    cast(is_call_rule as boolean) as is_call_rule,
    cast(label_da as varchar) as label_da,
    cast(label_en as varchar) as label_en,
    cast(document_id as varchar) as document_id,
    cast(line_number as integer) as line_number,
    cast(note as varchar) as note
from {{ ref('allocation_scenarios') }}

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
union all
select
    code as scenario_id,
    cast(null as varchar) as call_id,
    cast(null as varchar) as rule,
    cast(null as varchar) as scope,
    cast(null as decimal(10, 4)) as cap_percent,
    cast(null as decimal(18, 2)) as cap_kr,
    cast(null as decimal(10, 4)) as floor_percent,
    cast(null as decimal(18, 2)) as floor_kr,
    cast(null as boolean) as is_call_rule,
    name_da as label_da,
    name_en as label_en,
    cast(null as varchar) as document_id,
    cast(null as integer) as line_number,
    cast(null as varchar) as note,
    cast(null as varchar) as source_row_key
from {{ ref('stg_code_labels') }}
where code_list = 'scenario'

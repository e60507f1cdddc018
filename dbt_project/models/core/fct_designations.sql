select
    area_id,
    call_id,
    coalesce(organisation_id, 'none') as organisation_id,
    class,
    designated_by,
    outcome,
    document_id,
    line_number,
    note,
    document_id || '#' || cast(line_number as varchar) as source_row_key
from {{ ref('stg_area_designations') }}

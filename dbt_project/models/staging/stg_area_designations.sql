select
    cast(area_id as varchar) as area_id,
    cast(call_id as varchar) as call_id,
    cast(name_da as varchar) as name_da,
    cast(class as varchar) as class,
    cast(designated_by as varchar) as designated_by,
    cast(organisation_id as varchar) as organisation_id,
    cast(outcome as varchar) as outcome,
    cast(document_id as varchar) as document_id,
    cast(line_number as integer) as line_number,
    cast(note as varchar) as note
from {{ ref('area_designations') }}

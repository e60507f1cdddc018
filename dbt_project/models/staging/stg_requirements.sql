select
    cast(requirement_id as varchar) as requirement_id,
    cast(call_id as varchar) as call_id,
    cast(kind as varchar) as kind,
    cast(label_en as varchar) as label_en,
    cast(scope as varchar) as scope,
    cast(value as decimal(20, 6)) as value,
    cast(unit as varchar) as unit,
    cast(document_id as varchar) as document_id,
    cast(line_number as integer) as line_number,
    cast(note as varchar) as note
from {{ ref('requirements') }}

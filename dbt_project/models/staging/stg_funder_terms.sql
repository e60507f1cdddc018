select
    cast(funder_id as varchar) as funder_id,
    cast(call_id as varchar) as call_id,
    cast(term as varchar) as term,
    cast(value as varchar) as value,
    cast(unit as varchar) as unit,
    cast(document_id as varchar) as document_id,
    cast(line_number as integer) as line_number,
    cast(note as varchar) as note
from {{ ref('funder_terms') }}

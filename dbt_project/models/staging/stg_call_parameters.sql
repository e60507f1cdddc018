select
    cast(call_id as varchar) as call_id,
    cast(parameter as varchar) as parameter,
    cast(value as varchar) as value,
    cast(document_id as varchar) as document_id,
    cast(line_number as integer) as line_number,
    cast(note as varchar) as note
from {{ ref('call_parameters') }}

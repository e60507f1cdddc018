select
    cast(organisation_id as varchar) as organisation_id,
    cast(status as varchar) as status,
    cast(as_of as varchar) as as_of,
    cast(document_id as varchar) as document_id,
    cast(line_number as integer) as line_number,
    cast(note as varchar) as note
from {{ ref('organisation_statuses') }}

select
    cast(organisation_id as varchar) as organisation_id,
    cast(scheme as varchar) as scheme,
    cast(level as varchar) as level,
    cast(as_of as date) as as_of,
    cast(document_id as varchar) as document_id,
    cast(line_number as integer) as line_number,
    cast(note as varchar) as note
from {{ ref('certifications') }}

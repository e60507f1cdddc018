select
    organisation_id,
    scheme,
    level,
    as_of,
    document_id,
    line_number,
    note,
    document_id || '#' || cast(line_number as varchar) as source_row_key
from {{ ref('stg_certifications') }}

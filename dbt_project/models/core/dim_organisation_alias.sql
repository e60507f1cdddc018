select
    organisation_id,
    alias,
    document_id,
    line_number,
    document_id || '#' || cast(line_number as varchar) as source_row_key
from {{ ref('stg_organisation_aliases') }}

select
    organisation_id,
    relation,
    related_organisation_id,
    valid_from,
    valid_to,
    document_id,
    line_number,
    note,
    document_id || '#' || cast(line_number as varchar) as source_row_key
from {{ ref('stg_organisation_relations') }}

select
    cast(organisation_id as varchar) as organisation_id,
    cast(relation as varchar) as relation,
    cast(related_organisation_id as varchar) as related_organisation_id,
    cast(valid_from as varchar) as valid_from,
    cast(valid_to as varchar) as valid_to,
    cast(document_id as varchar) as document_id,
    cast(line_number as integer) as line_number,
    cast(note as varchar) as note
from {{ ref('organisation_relations') }}

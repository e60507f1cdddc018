select
    cast(organisation_id as varchar) as organisation_id,
    cast(alias as varchar) as alias,
    cast(document_id as varchar) as document_id,
    cast(line_number as integer) as line_number
from {{ ref('organisation_aliases') }}

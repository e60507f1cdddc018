select
    organisation_id,
    kind,
    name,
    short_name
from {{ ref('stg_organisations') }}

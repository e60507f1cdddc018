select
    cast(reporter_id as varchar) as reporter_id,
    cast(kind as varchar) as kind,
    cast(organisation_id as varchar) as organisation_id,
    cast(basis as varchar) as basis
from {{ ref('reporters') }}

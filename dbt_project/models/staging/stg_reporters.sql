select
    cast(reporter_id as varchar) as reporter_id,
    cast(kind as varchar) as kind,
    cast(organisation_id as varchar) as organisation_id,
    cast(basis as varchar) as basis,
    cast(reports_from as date) as reports_from,
    cast(reports_to as date) as reports_to,
    cast(note as varchar) as note
from {{ ref('reporters') }}

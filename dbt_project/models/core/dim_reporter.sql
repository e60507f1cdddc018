select distinct
    reporter_id,
    kind,
    organisation_id,
    basis
from {{ ref('stg_reporters') }}

select
    call_id,
    organisation_id,
    grant_type as grant_type_id,
    criterion_id,
    assessor_id,
    score,
    basis,
    source_row_key
from {{ ref('stg_criterion_scores') }}

select
    source_row_key,
    load_id,
    reporter,
    period as call_id,
    basis,
    organisation_id,
    grant_type,
    criterion_id,
    assessor_id,
    score
from {{ source('raw', 'criterion_scores') }}

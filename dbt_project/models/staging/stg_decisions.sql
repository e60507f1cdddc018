select
    source_row_key,
    load_id,
    reporter,
    period as call_id,
    basis,
    organisation_id,
    grant_type,
    outcome,
    recommended_amount_kr,
    decided_on,
    reason
from {{ source('raw', 'decisions') }}

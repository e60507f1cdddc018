select
    source_row_key,
    load_id,
    reporter,
    period as call_id,
    basis,
    organisation_id,
    grant_type,
    area_id,
    applied_amount_kr
from {{ source('raw', 'applications') }}

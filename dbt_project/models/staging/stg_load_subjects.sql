select
    load_id,
    basis,
    dataset,
    period as period_id,
    reporter as reporter_id,
    organisation_id,
    row_count
from {{ source('raw', 'load_subjects') }}

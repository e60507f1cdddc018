select
    basis,
    dataset,
    period as period_id,
    reporter as reporter_id,
    organisation_id,
    due_on,
    is_due
from {{ source('raw', 'expected_submissions') }}

select
    dataset,
    reporter_kind,
    reporter_id,
    period_id,
    is_expected,
    due_on,
    note
from {{ ref('stg_due_submissions') }}

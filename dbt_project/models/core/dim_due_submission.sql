select
    dataset,
    coalesce(reporter_kind, 'all') as reporter_kind,
    coalesce(reporter_id, 'all') as reporter_id,
    coalesce(period_id, 'all') as period_id,
    is_expected,
    due_on,
    note
from {{ ref('stg_due_submissions') }}

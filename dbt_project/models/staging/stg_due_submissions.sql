select
    cast(dataset as varchar) as dataset,
    cast(reporter_kind as varchar) as reporter_kind,
    cast(reporter_id as varchar) as reporter_id,
    cast(period_id as varchar) as period_id,
    cast(is_expected as boolean) as is_expected,
    cast(due_on as date) as due_on,
    cast(note as varchar) as note
from {{ ref('due_submissions') }}

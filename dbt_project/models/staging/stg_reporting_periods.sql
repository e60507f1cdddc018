select
    cast(period_id as varchar) as period_id,
    cast(kind as varchar) as kind,
    cast(due_on as date) as due_on,
    cast(closes_on as date) as closes_on,
    cast(note as varchar) as note
from {{ ref('reporting_periods') }}

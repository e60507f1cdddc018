select
    cast(period_id as varchar) as period_id,
    cast(due_on as date) as due_on,
    cast(closes_on as date) as closes_on
from {{ ref('reporting_periods') }}

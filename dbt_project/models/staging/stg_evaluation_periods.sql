select
    cast(period_id as varchar) as period_id,
    cast(year as integer) as year
from {{ ref('evaluation_periods') }}

select
    calls.call_id,
    calls.label_da as name_da,
    calls.label_en as name_en,
    periods.first_year,
    periods.last_year
from {{ ref('dim_call') }} as calls
inner join {{ ref('dim_period') }} as periods on calls.period_id = periods.period_id

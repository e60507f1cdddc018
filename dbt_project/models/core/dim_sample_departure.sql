select
    figure_id,
    reason_en,
    reason_da
from {{ ref('stg_sample_departures') }}

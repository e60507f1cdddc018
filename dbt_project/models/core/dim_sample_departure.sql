select
    figure_id,
    reason
from {{ ref('stg_sample_departures') }}

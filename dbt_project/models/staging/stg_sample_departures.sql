select
    cast(figure_id as varchar) as figure_id,
    cast(reason as varchar) as reason
from {{ ref('sample_departures') }}

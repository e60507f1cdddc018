select
    cast(figure_id as varchar) as figure_id,
    cast(reason_en as varchar) as reason_en,
    cast(reason_da as varchar) as reason_da
from {{ ref('sample_departures') }}

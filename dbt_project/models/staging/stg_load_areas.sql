select
    load_id,
    basis,
    cast(period as integer) as year,
    area_id,
    row_count
from {{ source('raw', 'load_areas') }}

select
    load_id,
    basis,
    year,
    area_id,
    row_count as rows_loaded
from {{ ref('stg_load_areas') }}

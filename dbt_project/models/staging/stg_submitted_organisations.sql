select
    source_row_key,
    load_id,
    reporter,
    cast(period as integer) as year,
    basis,
    organisation_id,
    name,
    cvr_number,
    area_id,
    active_from,
    active_to
from {{ source('raw', 'organisations') }}

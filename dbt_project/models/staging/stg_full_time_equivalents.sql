select
    source_row_key,
    load_id,
    reporter,
    cast(period as integer) as year,
    basis,
    organisation_id,
    staff_funder,
    full_time_equivalents
from {{ source('raw', 'full_time_equivalents') }}

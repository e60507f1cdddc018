select
    organisation_id,
    year,
    staff_funder,
    full_time_equivalents,
    basis,
    load_id,
    source_row_key
from {{ ref('stg_full_time_equivalents') }}

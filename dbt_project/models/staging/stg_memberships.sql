select
    source_row_key,
    load_id,
    reporter,
    cast(period as integer) as year,
    basis,
    organisation_id,
    member_id,
    country,
    member_type,
    dues_kr
from {{ source('raw', 'memberships') }}

select
    organisation_id,
    year,
    member_id,
    country,
    member_type,
    dues_kr,
    basis,
    load_id,
    source_row_key
from {{ ref('stg_memberships') }}

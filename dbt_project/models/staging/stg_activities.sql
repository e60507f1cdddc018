select
    source_row_key,
    load_id,
    reporter,
    cast(period as integer) as year,
    basis,
    organisation_id,
    activity_id,
    activity_type,
    title,
    start_date,
    end_date,
    cluster_grant_funded
from {{ source('raw', 'activities') }}

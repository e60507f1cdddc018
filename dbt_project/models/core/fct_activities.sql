select
    organisation_id,
    year,
    activity_id,
    activity_type as activity_type_id,
    title,
    start_date,
    end_date,
    cluster_grant_funded,
    basis,
    load_id,
    source_row_key
from {{ ref('stg_activities') }}

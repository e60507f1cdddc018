select
    source_row_key,
    load_id,
    reporter,
    cast(period as integer) as year,
    basis,
    organisation_id,
    activity_id,
    participant_id,
    country,
    participant_type,
    institution_type,
    size_band,
    legal_form,
    industry_code,
    industry_code_version,
    startup,
    persons
from {{ source('raw', 'participants') }}

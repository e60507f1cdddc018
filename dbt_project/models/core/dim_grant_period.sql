select
    grant_period_id,
    label_en,
    funder_id,
    organisation_id,
    call_id,
    first_year,
    last_year,
    amount_kr,
    document_id,
    line_number,
    note,
    document_id || '#' || cast(line_number as varchar) as source_row_key
from {{ ref('stg_grant_periods') }}

select
    load_id,
    dataset,
    reporter,
    period,
    correction_no,
    basis,
    contract_version,
    cast(files as varchar) as files,
    rows_read,
    rows_loaded,
    rows_rejected,
    rows_held,
    received_at,
    accepted_by,
    accepted_because,
    {{ json_text('about', 'document_id') }} as document_id
from {{ source('raw', 'loads') }}

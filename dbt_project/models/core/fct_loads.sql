select
    load_id,
    dataset,
    document_id,
    reporter,
    period,
    correction_no,
    basis,
    contract_version,
    files,
    rows_read,
    rows_loaded,
    rows_rejected,
    rows_held,
    received_at,
    accepted_by,
    accepted_because
from {{ ref('stg_loads') }}

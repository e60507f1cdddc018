select
    ledger.load_id,
    ledger.dataset,
    ledger.reporter,
    ledger.period,
    ledger.correction_no,
    ledger.partial,
    ledger.basis,
    ledger.state,
    loads.load_id is not null as counts,
    ledger.rows_read,
    ledger.rows_loaded,
    ledger.rows_rejected,
    ledger.rows_held,
    ledger.received_at,
    ledger.retain_until,
    ledger.objections,
    ledger.decided_by,
    ledger.decided_because,
    ledger.decided_at,
    ledger.erased_by,
    ledger.erased_because,
    ledger.erased_at
from {{ ref('stg_ledger') }} as ledger
left join {{ ref('fct_loads') }} as loads
    on ledger.load_id = loads.load_id

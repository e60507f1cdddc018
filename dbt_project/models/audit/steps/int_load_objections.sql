select
    objections.load_id,
    objections.objection_no,
    ledger.dataset,
    ledger.reporter,
    ledger.period,
    ledger.state,
    objections.check_id,
    objections.objection_en,
    objections.objection_da
from {{ ref('stg_load_objections') }} as objections
inner join {{ ref('stg_ledger') }} as ledger
    on objections.load_id = ledger.load_id

select
    load_id,
    objection_no,
    dataset,
    reporter,
    period,
    state,
    check_id,
    objection_en,
    objection_da
from {{ ref('int_load_objections') }}

select
    load_id,
    objection_no,
    check_id,
    objection_en,
    objection_da
from {{ source('raw', 'load_objections') }}

select
    ledger.*,
    loads.load_id is not null as counts
from {{ ref('stg_ledger') }} as ledger
left join {{ ref('fct_loads') }} as loads
    on ledger.load_id = loads.load_id

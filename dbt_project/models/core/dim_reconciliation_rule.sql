select
    rule_id,
    kind,
    relation,
    factor,
    constant,
    label_en,
    definition
from {{ ref('stg_reconciliation_rules') }}

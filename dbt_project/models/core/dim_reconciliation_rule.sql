select
    rule_id,
    kind,
    relation,
    label_en,
    definition
from {{ ref('stg_reconciliation_rules') }}

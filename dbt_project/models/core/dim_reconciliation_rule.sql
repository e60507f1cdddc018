select
    rule_id,
    kind,
    label_en,
    definition
from {{ ref('stg_reconciliation_rules') }}

select
    cast(rule_id as varchar) as rule_id,
    cast(kind as varchar) as kind,
    cast(relation as varchar) as relation,
    cast(factor as decimal(20, 6)) as factor,
    cast(constant as integer) as constant,
    cast(label_en as varchar) as label_en,
    cast(definition as varchar) as definition
from {{ ref('reconciliation_rules') }}

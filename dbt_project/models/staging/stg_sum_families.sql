select
    cast(rule_id as varchar) as rule_id,
    cast(document_id as varchar) as document_id,
    cast(indicator_id as varchar) as indicator_id,
    cast(whole as varchar) as whole,
    cast(part as varchar) as part
from {{ ref('sum_families') }}

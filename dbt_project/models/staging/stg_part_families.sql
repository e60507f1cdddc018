select
    cast(rule_id as varchar) as rule_id,
    cast(document_id as varchar) as document_id,
    cast(indicator_id as varchar) as indicator_id,
    cast(breakdown as varchar) as breakdown,
    cast(whole_indicator_id as varchar) as whole_indicator_id,
    cast(whole_breakdown as varchar) as whole_breakdown
from {{ ref('part_families') }}

select
    cast(document_id as varchar) as document_id,
    cast(table_id as varchar) as table_id,
    cast(indicator_id as varchar) as indicator_id,
    cast(statistic as varchar) as statistic,
    cast(reason as varchar) as reason
from {{ ref('unchecked_families') }}

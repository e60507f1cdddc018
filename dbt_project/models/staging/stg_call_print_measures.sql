select
    cast(document_id as varchar) as document_id,
    cast(table_id as varchar) as table_id,
    cast(indicator_id as varchar) as indicator_id,
    cast(breakdown as varchar) as breakdown,
    cast(statistic as varchar) as statistic,
    cast(measure as varchar) as measure,
    cast(reason_en as varchar) as reason_en,
    cast(reason_da as varchar) as reason_da
from {{ ref('call_print_measures') }}

select
    cast(call_id as varchar) as call_id,
    cast(grant_type_id as varchar) as grant_type_id,
    cast(indicator_id as varchar) as indicator_id,
    cast(target_year as integer) as target_year,
    cast(document_id as varchar) as document_id,
    cast(cell_id as varchar) as cell_id
from {{ ref('expected_results') }}

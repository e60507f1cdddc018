select
    cast(call_id as varchar) as call_id,
    cast(grant_type_id as varchar) as grant_type_id,
    cast(pot_kr as decimal(18, 2)) as pot_kr,
    cast(document_id as varchar) as document_id,
    cast(line_number as integer) as line_number
from {{ ref('call_grant_types') }}

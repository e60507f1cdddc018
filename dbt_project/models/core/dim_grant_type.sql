select
    grant_types.grant_type_id,
    pots.call_id,
    grant_types.label_da,
    grant_types.label_en,
    grant_types.programme_period,
    pots.pot_kr,
    pots.document_id,
    pots.line_number,
    pots.document_id || '#' || cast(pots.line_number as varchar) as source_row_key
from {{ ref('stg_grant_types') }} as grant_types
left join {{ ref('stg_call_grant_types') }} as pots
    on grant_types.grant_type_id = pots.grant_type_id

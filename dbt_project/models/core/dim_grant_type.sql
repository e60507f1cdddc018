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
union all
-- the key both has no pot, so that the pots of a call can be added up over all keys
select
    code as grant_type_id,
    cast(null as varchar) as call_id,
    name_da as label_da,
    name_en as label_en,
    cast(null as varchar) as programme_period,
    cast(null as decimal(18, 2)) as pot_kr,
    cast(null as varchar) as document_id,
    cast(null as integer) as line_number,
    cast(null as varchar) as source_row_key
from {{ ref('stg_code_labels') }}
where code_list = 'grant_type'

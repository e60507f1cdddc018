select
    cast(call_id as varchar) as call_id,
    cast(organisation_id as varchar) as organisation_id,
    cast(area_id as varchar) as area_id,
    cast(applied_mio_kr_cell_id as varchar) as applied_mio_kr_cell_id,
    cast(recommended_mio_kr_cell_id as varchar) as recommended_mio_kr_cell_id,
    cast(outcome as varchar) as outcome,
    cast(document_id as varchar) as document_id,
    cast(line_number as integer) as line_number
from {{ ref('applications') }}

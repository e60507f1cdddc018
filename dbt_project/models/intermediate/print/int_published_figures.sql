select
    cells.*,
    tables.kind as table_kind,
    cast(cells.value * units.kr_factor as decimal(18, 2)) as amount_kr,
    loads.basis
from {{ ref('stg_published_cells') }} as cells
inner join {{ ref('stg_document_tables') }} as tables
    on cells.document_id = tables.document_id and cells.table_id = tables.table_id
inner join {{ ref('stg_units') }} as units on cells.unit = units.unit
inner join {{ ref('stg_loads') }} as loads
    on cells.document_id = loads.document_id and loads.dataset = 'published_cells'

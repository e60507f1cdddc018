select
    cast(document_id as varchar) as document_id,
    cast(cell_id as varchar) as cell_id,
    cast(document_id as varchar) || '#' || cast(cell_id as varchar) as figure_id,
    cast(list_document_id as varchar) as list_document_id,
    cast(list_table_id as varchar) as list_table_id,
    cast(list_indicator_id as varchar) as list_indicator_id,
    cast(list_breakdown as varchar) as list_breakdown
from {{ ref('list_counts') }}

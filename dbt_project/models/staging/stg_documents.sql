select
    document_id,
    document_role,
    series_id,
    title,
    publisher,
    published,
    isbn,
    language,
    file_name,
    sha256,
    line_count,
    covers,
    document_id || '#' || headline_cell_id as headline_figure_id
from {{ source('raw', 'documents') }}

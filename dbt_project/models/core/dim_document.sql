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
    headline_figure_id
from {{ ref('stg_documents') }}

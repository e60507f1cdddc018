select
    document_id,
    title,
    publisher,
    published,
    isbn,
    language,
    file_name,
    sha256,
    line_count,
    covers
from {{ ref('stg_documents') }}

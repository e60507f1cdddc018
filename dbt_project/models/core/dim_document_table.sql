select
    document_id,
    table_id,
    title,
    kind,
    first_line,
    last_line
from {{ ref('stg_document_tables') }}

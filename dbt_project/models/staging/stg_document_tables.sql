select
    document_id,
    table_id,
    title,
    kind,
    first_line,
    last_line
from {{ source('raw', 'document_tables') }}

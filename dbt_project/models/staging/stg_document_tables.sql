select
    document_id,
    table_id,
    table_role,
    title,
    kind,
    first_line,
    last_line
from {{ source('raw', 'document_tables') }}

select
    source_row_key,
    document_id || '#' || claim_id as claim_id,
    document_id,
    line as line_number,
    coalesce(last_line, line) as last_line_number,
    says,
    kind,
    "left" as left_expression,
    comparator,
    "right" as right_expression,
    unit,
    note
from {{ source('raw', 'published_claims') }}

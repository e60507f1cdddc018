select
    claim_id,
    document_id,
    line_number,
    last_line_number,
    says,
    kind,
    left_expression,
    comparator,
    right_expression,
    unit,
    note,
    'published' as basis,
    source_row_key
from {{ ref('stg_published_claims') }}

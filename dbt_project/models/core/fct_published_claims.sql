select
    claims.claim_id,
    claims.document_id,
    claims.line_number,
    claims.last_line_number,
    claims.says,
    claims.kind,
    claims.left_expression,
    claims.comparator,
    claims.right_expression,
    claims.unit,
    claims.note,
    loads.basis,
    claims.source_row_key
from {{ ref('stg_published_claims') }} as claims
inner join {{ ref('stg_loads') }} as loads
    on claims.document_id = loads.document_id and loads.dataset = 'published_claims'

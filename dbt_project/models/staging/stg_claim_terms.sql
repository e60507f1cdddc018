select
    source_row_key,
    document_id || '#' || claim_id as claim_id,
    role,
    part,
    {{ text_to_decimal('coefficient') }} as coefficient,
    figure_id,
    {{ text_to_decimal('literal') }} as literal,
    literal as literal_text,
    element
from {{ source('raw', 'published_claim_terms') }}

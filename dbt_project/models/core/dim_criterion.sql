select
    criteria.criterion_id,
    criteria.call_id,
    criteria.grant_type_id,
    criteria.code,
    criteria.label_da,
    criteria.label_en,
    weights.weight_percent_printed,
    weights.weight_numerator,
    weights.weight_denominator,
    weights.document_id,
    weights.line_number,
    weights.note,
    weights.document_id || '#' || cast(weights.line_number as varchar) as source_row_key
from {{ ref('stg_criteria') }} as criteria
left join {{ ref('stg_criterion_weights') }} as weights
    on criteria.criterion_id = weights.criterion_id

select
    cast(criterion_id as varchar) as criterion_id,
    cast(weight_percent_printed as decimal(20, 6)) as weight_percent_printed,
    cast(weight_numerator as integer) as weight_numerator,
    cast(weight_denominator as integer) as weight_denominator,
    cast(document_id as varchar) as document_id,
    cast(line_number as integer) as line_number,
    cast(note as varchar) as note
from {{ ref('criterion_weights') }}

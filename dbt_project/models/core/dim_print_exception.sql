select
    figure_id,
    rule,
    explanation,
    figure_id as source_row_key
from {{ ref('stg_print_exceptions') }}

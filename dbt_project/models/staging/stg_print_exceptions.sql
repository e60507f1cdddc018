select
    cast(figure_id as varchar) as figure_id,
    cast(rule as varchar) as rule,
    cast(explanation as varchar) as explanation
from {{ ref('print_exceptions') }}

select
    cast(vocabulary as varchar) as vocabulary,
    cast(term as varchar) as term,
    cast(meaning as varchar) as meaning
from {{ ref('vocabularies') }}

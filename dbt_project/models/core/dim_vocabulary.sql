select
    vocabulary,
    term,
    meaning
from {{ ref('stg_vocabularies') }}

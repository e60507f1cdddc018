select
    cast(from_activity_type_id as varchar) as from_activity_type_id,
    cast(to_activity_type_id as varchar) as to_activity_type_id,
    cast(coverage as varchar) as coverage,
    cast(note as varchar) as note
from {{ ref('activity_type_mappings') }}

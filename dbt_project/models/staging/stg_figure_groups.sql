select
    cast(figure_group as varchar) as figure_group,
    cast(dataset as varchar) as dataset
from {{ ref('figure_groups') }}

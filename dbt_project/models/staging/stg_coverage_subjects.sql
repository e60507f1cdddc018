select
    cast(subject_id as varchar) as subject_id,
    cast(label_da as varchar) as label_da,
    cast(label_en as varchar) as label_en,
    cast(table_name as varchar) as table_name,
    cast(figure_group as varchar) as figure_group,
    cast(call_group as varchar) as call_group,
    cast(least_years as integer) as least_years,
    cast(document_id as varchar) as document_id,
    cast(table_id as varchar) as table_id,
    cast(period_id as varchar) as period_id
from {{ ref('coverage_subjects') }}

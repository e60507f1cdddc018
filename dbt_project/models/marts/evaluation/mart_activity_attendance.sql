select
    cells.organisation_id,
    cells.organisation_name,
    cells.period_id,
    cells.activity_type_id,
    types.label_da as activity_type_label_da,
    types.label_en as activity_type_label_en,
    cells.breakdown as participant_type,
    cells.value as average_participants,
    cells.placement,
    cells.note,
    cells.figure_id,
    'published' as basis
from {{ ref('int_dfir_cells') }} as cells
inner join {{ ref('dim_activity_type') }} as types
    on cells.activity_type_id = types.activity_type_id
where cells.table_id = 'table_6'

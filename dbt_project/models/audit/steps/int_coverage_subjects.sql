{# Reads the subjects, each with the line on which the text names its chart. #}
select
    subjects.subject_id,
    subjects.label_da,
    subjects.label_en,
    subjects.table_name,
    subjects.figure_group,
    subjects.call_group,
    subjects.least_years,
    subjects.document_id,
    subjects.table_id,
    subjects.period_id as chart_period_id,
    charts.first_line as line_number
from {{ ref('stg_coverage_subjects') }} as subjects
left join {{ ref('dim_document_table') }} as charts
    on subjects.document_id = charts.document_id and subjects.table_id = charts.table_id

select
    finding_id,
    kind,
    title_en,
    left_document_id,
    left_line,
    left_figure_ids,
    right_document_id,
    right_line,
    right_figure_ids,
    difference,
    explanation,
    certainty
from {{ ref('stg_findings') }}

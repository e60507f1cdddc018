select
    cast(finding_id as varchar) as finding_id,
    cast(kind as varchar) as kind,
    cast(title_en as varchar) as title_en,
    cast(left_document_id as varchar) as left_document_id,
    cast(left_line as integer) as left_line,
    cast(left_figure_ids as varchar) as left_figure_ids,
    cast(right_document_id as varchar) as right_document_id,
    cast(right_line as integer) as right_line,
    cast(right_figure_ids as varchar) as right_figure_ids,
    cast(difference as varchar) as difference,
    cast(explanation as varchar) as explanation,
    cast(certainty as varchar) as certainty
from {{ ref('findings') }}

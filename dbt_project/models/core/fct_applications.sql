select
    call_id,
    organisation_id,
    area_id,
    grant_type_id,
    applied_amount_kr,
    score,
    figure_id,
    score_figure_id,
    basis,
    source_row_key
from {{ ref('int_applications') }}

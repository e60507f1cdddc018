select
    call_id,
    organisation_id,
    area_id,
    grant_type_id,
    outcome,
    recommended_amount_kr,
    decided_on,
    reason,
    figure_id,
    basis,
    source_row_key
from {{ ref('int_decisions') }}

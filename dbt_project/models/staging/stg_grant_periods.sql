select
    cast(grant_period_id as varchar) as grant_period_id,
    cast(label_en as varchar) as label_en,
    cast(funder_id as varchar) as funder_id,
    cast(organisation_id as varchar) as organisation_id,
    cast(call_id as varchar) as call_id,
    cast(first_year as integer) as first_year,
    cast(last_year as integer) as last_year,
    cast(amount_kr as decimal(18, 2)) as amount_kr,
    cast(document_id as varchar) as document_id,
    cast(line_number as integer) as line_number,
    cast(note as varchar) as note
from {{ ref('grant_periods') }}

select
    cast(witness_id as varchar) as witness_id,
    cast(call_id as varchar) as call_id,
    cast(scenario_id as varchar) as scenario_id,
    cast(organisation_id as varchar) as organisation_id,
    cast(grant_type_id as varchar) as grant_type_id,
    cast(applied_amount_kr as decimal(18, 2)) as applied_amount_kr,
    cast(score as decimal(6, 4)) as score
from {{ ref('allocation_witnesses') }}

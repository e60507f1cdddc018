select
    witnesses.witness_id,
    witnesses.call_id,
    witnesses.scenario_id,
    witnesses.organisation_id,
    witnesses.grant_type_id,
    witnesses.applied_amount_kr,
    witnesses.score,
    pots.pot_id,
    cast(cast(awards.award_ore as decimal(18, 0)) * 0.01 as decimal(18, 2)) as award_kr
from {{ ref('stg_allocation_witnesses') }} as witnesses
inner join {{ ref('int_allocation_pots') }} as pots on witnesses.witness_id = pots.witness_id
inner join {{ ref('int_allocation_awards') }} as awards
    on
        pots.pot_id = awards.pot_id
        and witnesses.organisation_id = awards.organisation_id
        and witnesses.grant_type_id = awards.grant_type_id

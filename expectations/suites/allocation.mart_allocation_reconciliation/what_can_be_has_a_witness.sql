-- If the verdict is that a rule can have given the printed amounts, the rule gives each of them
-- when it is applied to its witness.
-- owner: audit

select scenario_id, minimum_unit, organisation_id, witness_id, award_kr,
    recommended_amount_kr
from {batch}
where verdict = 'can' and outcome = 'recommended' and gives_print is not true
order by all

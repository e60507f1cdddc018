-- A step of a proof holds if it derives a bound or the shape of a rule, or if it is about the
-- witness of a rule that can have given the printed amounts.
-- owner: audit

select scenario_id, step_id, organisation_id, figure_ids, minimum_unit, grant_type_id,
    left_value, relation, right_value
from {batch}
where holds is not true and (
    argument in ('bound', 'shape')
    or argument = 'witness' and scenario_id in (
        select scenario_id from (
    select distinct scenario_id, minimum_unit, verdict
    from allocation.mart_allocation_reconciliation
    where basis = 'published'
) where verdict = 'can'
    )
)
order by all

-- The verdict is that a rule cannot have given the printed amounts if, and only if, a step of its
-- proof shows an award that is too large or too small.
-- owner: audit

select v.scenario_id, v.minimum_unit, v.verdict,
    count(p.step_id) filter (p.holds) as contradictions
from (
    select distinct scenario_id, minimum_unit, verdict
    from allocation.mart_allocation_reconciliation
    where basis = 'published'
) v
left join {batch} p
    on v.scenario_id = p.scenario_id and v.minimum_unit = p.minimum_unit
    and p.step_id in ('share_at_least', 'share_at_most')
group by v.scenario_id, v.minimum_unit, v.verdict
having (v.verdict = 'cannot') <> (contradictions > 0)
order by all

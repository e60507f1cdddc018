-- The audit contradicts the printed rule of a call if, and only if, the reconciliation finds that
-- this rule cannot have given the printed amounts.
-- owner: audit

-- The audit's claims about the rule are those on the document line that states the rule.
select distinct r.scenario_id, r.minimum_unit, c.claim_id, r.verdict,
    c.verdict as verdict_of_the_audit
from {batch} r
join core.dim_allocation_scenario s on r.scenario_id = s.scenario_id
left join audit.mart_claims c
    on s.document_id = c.document_id
    and s.line_number between c.line_number and coalesce(c.last_line_number, c.line_number)
where r.basis = 'published' and r.is_call_rule
    and s.document_id is not null
    and (c.claim_id is null or (r.verdict = 'cannot') <> (c.verdict = 'contradicted'))
order by all

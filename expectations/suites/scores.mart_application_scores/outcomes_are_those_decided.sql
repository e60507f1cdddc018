-- For printed and sample applications, the decided outcome follows from the scores and the rules of
-- the call.
-- owner: secretariat

-- Reported decisions are not checked, because a board may decide against the rule.
select organisation_id, grant_type_id, decision_figure_id as figure_id, source_row_key,
    call_id, basis, computed_outcome, decided_outcome, reason
from {batch}
where basis <> 'reported' and decided_outcome is not null
    and agrees_with_decision is not true
order by all

select
    call_id, area_id, organisation_id, grant_type_id, basis, applied_amount_kr, score,
    criteria_scored, criteria_expected, lowest_criterion_score,
    if(
        count(score) over applicant = count(*) over applicant,
        quotient(sum(score) over applicant, count(*) over applicant), null
    ) as mean_score,
    -- a decision on the grant is preferred to a decision on both grants
    (
        select arg_min(outcome, decisions.grant_type_id = 'both')
        from core.fct_decisions as decisions
        where
            decisions.basis = scores.basis
            and decisions.call_id = scores.call_id
            and decisions.organisation_id = scores.organisation_id
            and decisions.grant_type_id in (scores.grant_type_id, 'both')
    ) as decided_outcome,
    source_row_key
from scores
window applicant as (partition by basis, call_id, organisation_id)

-- the mart is a simulation: the value before the change is recounted;
-- tests/scores/test_sensitivity.py compares the value that turns the outcome with a reference
-- implementation
with starts as (
    select
        call_id, basis, organisation_id, grant_type_id, criterion_id, 'criterion_score' as kind,
        score as value_from
    from criterion_means
    union all
    select call_id, basis, organisation_id, grant_type_id, null, 'total_score', score
    from scores
    union all
    select
        call_id, null, null, grant_type_id, criterion_id, 'criterion_weight',
        quotient(100 * weight_numerator, weight_denominator)
    from core.dim_criterion
    union all
    select
        call_id, null, null, grant_type_id, null, 'grant_weight',
        quotient(100, count(*) over (partition by call_id))
    from core.dim_grant_type
    where call_id is not null
)

select
    turns.call_id, turns.basis, turns.area_id, turns.organisation_id, turns.grant_type_id,
    turns.varied, turns.place, starts.value_from
from scores.mart_score_turning_points as turns
inner join starts
    on
        turns.call_id = starts.call_id
        and turns.kind = starts.kind
        and turns.basis = coalesce(starts.basis, turns.basis)
        and turns.changed_organisation_id is not distinct from starts.organisation_id
        and turns.changed_grant_type_id = starts.grant_type_id
        and turns.changed_criterion_id is not distinct from starts.criterion_id

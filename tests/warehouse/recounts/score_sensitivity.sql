-- the mart is a simulation: applications, number of draws and spread are recounted;
-- tests/scores/test_sensitivity.py compares the results with a reference implementation
with tried as (
    select *, count(score) over applicant = count(*) over applicant as is_scored
    from scores
    window applicant as (partition by basis, call_id, organisation_id)
)

select
    tried.call_id, tried.basis, tried.area_id, tried.organisation_id, tried.grant_type_id,
    kinds.varied, cast(draws.value as integer) as draws,
    cast(spread.value as decimal(8, 4)) as spread
from tried
cross join (
    values ('weights', 'sensitivity_weight_spread_percent'), ('scores', 'sensitivity_score_error')
) as kinds (varied, parameter)
inner join core.dim_call_parameter as draws
    on tried.call_id = draws.call_id and draws.parameter = 'sensitivity_draws'
inner join core.dim_call_parameter as spread
    on tried.call_id = spread.call_id and spread.parameter = kinds.parameter
where tried.is_scored
-- the mart's rows
select call_id, basis, area_id, organisation_id, grant_type_id, varied, draws, spread
from scores.mart_score_sensitivity
where organisation_id <> 'denmark'

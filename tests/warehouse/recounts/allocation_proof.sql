-- the lower bound of a printed amount is the amount minus half a unit of its last digit
select
    proof.scenario_id, proof.step_id, proof.organisation_id, proof.grant_type_id,
    figures.amount_kr - quotient(units.kr_factor, 2 * ten(figures.printed_decimals)) as right_value
from allocation.mart_allocation_proof as proof
inner join core.fct_published_figures as figures on proof.figure_ids = figures.figure_id
inner join core.dim_unit as units using (unit)
where proof.step_id in ('applied', 'recommended')
-- the mart's rows
select scenario_id, step_id, organisation_id, grant_type_id, right_value
from allocation.mart_allocation_proof
where step_id in ('applied', 'recommended') and not contains(figure_ids, ' ')

-- At most one organisation is selected in an area, if the applicants of a call compete for areas.
-- owner: secretariat

select a.call_id, a.scenario_id, a.basis, a.area_id,
    list(distinct a.organisation_id order by a.organisation_id) as organisations
from {batch} a
join core.dim_call_parameter p
    on a.call_id = p.call_id
    and p.parameter = 'competition' and p.value = 'best_mean_in_area'
where a.selected
group by a.call_id, a.scenario_id, a.basis, a.area_id
having count(distinct a.organisation_id) > 1
order by all

-- No application changes its outcome in more draws than its area, and no area in more draws than
-- its call.
-- owner: secretariat

-- An area's outcome includes the outcomes of its applications, and a call's outcome includes those
-- of its areas.
select part.call_id, part.basis, part.area_id, part.organisation_id, part.grant_type_id,
    part.varied, part.minimum_changed_draws, part.selected_changed_draws,
    whole.minimum_changed_draws as minimum_changed_of_whole,
    whole.selected_changed_draws as selected_changed_of_whole
from {batch} part
join scores.mart_score_sensitivity whole
    on part.call_id = whole.call_id and part.basis = whole.basis
    and part.varied = whole.varied and whole.organisation_id = 'denmark'
    and (
        (part.organisation_id <> 'denmark' and part.area_id = whole.area_id)
        or (part.organisation_id = 'denmark' and whole.area_id = 'all')
    )
where part.minimum_changed_draws > whole.minimum_changed_draws
    or part.selected_changed_draws > whole.selected_changed_draws
    or whole.selected_changed_draws > whole.draws
order by all

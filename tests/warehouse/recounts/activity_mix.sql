select
    organisation_id, period_id, activity_type_id, count(*) as activities,
    quotient(100 * count(*), sum(count(*)) over (partition by basis, period_id, organisation_id))
        as share_percent,
    null as figure_id, basis
from activities
where figure_group = 'activities'
group by basis, period_id, activity_type_id, organisation_id
union all
select organisation_id, period_id, activity_type_id, null, value, figure_id, basis
from cells
where indicator_id = 'activity_mix' and organisation_id is not null

-- The shares of members and of participants add up to at least 100 per cent, because a company
-- counts once for each organisation that it belongs to.
-- owner: analysis

select indicator_id, min(national_figure_id) as figure_id, breakdown, period_id, basis,
    sum(share_percent) as shares
from {batch}
where indicator_id in ('members', 'participants')
group by indicator_id, breakdown, period_id, basis
having sum(share_percent) < 100
order by all

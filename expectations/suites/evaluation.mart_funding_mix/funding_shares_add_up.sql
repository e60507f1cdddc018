-- The shares of all funding sources of an organisation in a period add up to 100 per cent, within
-- rounding.
-- owner: analysis

-- Each share is rounded to two decimals, so each may be off by 0.005.
select min(figure_id) as figure_id, period_id, scope, organisation_id, basis,
    sum(share_percent) as shares
from {batch}
group by scope, organisation_id, period_id, basis
having abs(sum(share_percent) - 100) > 0.005 * count(*)
order by all

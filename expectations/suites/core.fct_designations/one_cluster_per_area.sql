-- A call recommends or designates at most one organisation for an area.
-- owner: secretariat

select area_id, call_id, min(source_row_key) as source_row_key, count(*) as chosen
from {batch}
where outcome in ('recommended', 'designated')
group by area_id, call_id
having count(*) > 1
order by all

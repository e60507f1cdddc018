-- A failed result says when its failure was first seen; a passed result does not.
-- owner: warehouse

select run_id, check_id, passed, first_seen_at
from {batch}
where passed is distinct from (first_seen_at is null)
order by all

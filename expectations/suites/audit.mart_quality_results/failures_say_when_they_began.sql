-- A result says when its failure was first seen exactly where it failed.
-- owner: warehouse

select run_id, check_id, passed, first_seen_at
from {batch}
where passed is distinct from (first_seen_at is null)
order by all

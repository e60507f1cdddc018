-- A run has a release if, and only if, its outcome is `published`.
-- owner: warehouse

select run_id, check_id, outcome, release_id
from {batch}
where (outcome = 'published') is distinct from (release_id is not null)
order by all

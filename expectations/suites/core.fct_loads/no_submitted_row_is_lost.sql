-- The rows read of a load are the sum of those loaded, rejected and held.
-- owner: warehouse

select load_id, dataset, reporter, rows_read, rows_loaded, rows_rejected, rows_held
from {batch}
where rows_read is distinct from rows_loaded + rows_rejected + rows_held
order by all

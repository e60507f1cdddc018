-- The number of rows that were read from a load is the sum of its loaded, rejected and held rows.
-- owner: warehouse

select load_id, dataset, reporter, rows_read, rows_loaded, rows_rejected, rows_held
from {batch}
where rows_read is distinct from rows_loaded + rows_rejected + rows_held
order by all

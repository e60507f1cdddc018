-- The sample either reproduces a figure of the printed evaluation tables or has a reason why it
-- does not.
-- owner: warehouse

select figure_id, organisation_id, indicator_id, printed_text, computed_value, reason_en
from {batch}
where basis = 'sample' and (agrees = (reason_en is not null)) is not false
order by all

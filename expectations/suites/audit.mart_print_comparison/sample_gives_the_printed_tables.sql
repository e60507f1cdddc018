-- The sample reproduces each figure of the printed evaluation tables, or there is a reason why it
-- does not; a reproduced figure has no such reason.
-- owner: warehouse

select figure_id, organisation_id, indicator_id, printed_text, computed_value, reason_en
from {batch}
where basis = 'sample' and (agrees = (reason_en is not null)) is not false
order by all

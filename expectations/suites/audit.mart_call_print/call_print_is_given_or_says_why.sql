-- The sample reproduces the printed numbers of a call; a printed number that cannot be computed
-- from other printed figures has a reason.
-- owner: audit

-- Whether a value computed from other printed figures agrees is the audit's business.
select figure_id, basis, printed_text, computed_value, computed_rounded
from {batch}
where basis = 'sample' and agrees is not true
    or basis = 'published' and computed_value is null and reason_en is null
order by all

-- The sample reproduces every printed number of a call, and a number that cannot be computed from
-- other printed figures has a reason.
-- owner: audit

-- The audit checks the values that are computed from other printed figures.
select figure_id, basis, printed_text, computed_value, computed_rounded
from {batch}
where basis = 'sample' and agrees is not true
    or basis = 'published' and computed_value is null and reason_en is null
order by all

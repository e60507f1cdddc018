-- The sample reproduces the printed numbers of a call; if a printed number cannot be computed from
-- other printed figures, there is a reason.
-- owner: audit

-- The audit checks the values that are computed from other printed figures.
select figure_id, basis, printed_text, computed_value, computed_rounded
from {batch}
where basis = 'sample' and agrees is not true
    or basis = 'published' and computed_value is null and reason_en is null
order by all

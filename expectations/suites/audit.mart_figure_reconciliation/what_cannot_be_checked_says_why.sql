-- A printed figure that cannot be recomputed has a reason.
-- owner: audit

select figure_id, rule_id, printed_text, operand_figure_ids
from {batch}
where verdict = 'not_checkable' and reason is null
order by all

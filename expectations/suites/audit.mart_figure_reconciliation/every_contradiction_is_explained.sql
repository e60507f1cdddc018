-- Each printed figure follows from its operands, or a finding explains why it does not follow.
-- owner: audit

select figure_id, rule_id, printed_text, recomputed_value, difference, unit,
    operand_figure_ids
from {batch}
where verdict = 'contradicts' and finding_ids is null
order by all

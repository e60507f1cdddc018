-- Each claim holds, or a finding explains why it does not hold.
-- owner: audit

select claim_id, document_id, line_number, says, computed_value, claimed_value, unit,
    operand_figure_ids
from {batch}
where verdict = 'contradicted' and finding_ids is null
order by all

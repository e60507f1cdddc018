-- The verdict on every claim is `holds` or `contradicted`.
-- owner: audit

select claim_id, document_id, line_number, says, left_expression, right_expression
from {batch}
where (verdict in ('holds', 'contradicted')) is not true
order by all

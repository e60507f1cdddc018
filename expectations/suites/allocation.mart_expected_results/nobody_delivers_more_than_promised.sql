-- The result expected from an award is at most the result promised for the full amount.
-- owner: secretariat

select organisation_id, grant_type_id, indicator_id, source_row_key, call_id, basis,
    promised_value, expected_value
from {batch}
where abs(expected_value) > abs(promised_value)
order by all

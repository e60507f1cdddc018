-- Every number in the reference data that refers to a document line is printed at that line.
-- owner: audit

-- A number that the secretariat of a home added refers to no document.

with stated as (
    select 'dim_requirement' as stands_in, requirement_id as key, value,
        document_id, line_number, source_row_key
    from {batch} where value is not null
    union all
    select 'dim_call', call_id, total_amount_kr, document_id, line_number, source_row_key
    from core.dim_call
    union all
    select 'dim_grant_type', grant_type_id, pot_kr, document_id, line_number, source_row_key
    from core.dim_grant_type where pot_kr is not null
    union all
    select 'dim_grant_period', grant_period_id, amount_kr, document_id, line_number,
        source_row_key
    from core.dim_grant_period where amount_kr is not null
    union all
    select 'dim_criterion', criterion_id, weight_percent_printed, document_id, line_number,
        source_row_key
    from core.dim_criterion where weight_percent_printed is not null
    union all
    select 'dim_funder_term', funder_id || ' ' || term, value_number, document_id,
        line_number, source_row_key
    from core.dim_funder_term
    where value_number is not null and unit is distinct from 'year'
)
select s.stands_in, s.key, s.source_row_key, s.value, s.document_id, s.line_number
from stated s anti join core.fct_published_figures f
    on f.document_id = s.document_id
    and s.line_number between f.line_number - 1 and f.last_line_number + 1
    and s.value in (f.value, f.amount_kr)
where s.document_id is not null
order by all

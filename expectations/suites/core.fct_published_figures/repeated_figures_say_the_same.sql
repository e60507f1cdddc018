-- If the text of a document repeats a cell, the two cells have the same value.
-- owner: audit

select c.figure_id, c.source_row_key, c.printed_text, c.value,
    o.printed_text as first_text, o.value as first_value, o.line_number as first_line,
    c.line_number
from {batch} c join core.fct_published_figures o on c.repeats_figure_id = o.figure_id
where c.value is distinct from o.value
order by all

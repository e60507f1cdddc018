-- An organisation holds exactly the certificate under which the document lists it.
-- owner: audit

with listed as (
    select organisation_id, breakdown as level, figure_id
    from core.fct_published_figures
    where indicator_id = 'certificate_holder' and repeats_figure_id is null
)
select organisation_id, level, l.figure_id, c.source_row_key
from {batch} c full join listed l using (organisation_id, level)
where l.figure_id is null or c.source_row_key is null
order by all

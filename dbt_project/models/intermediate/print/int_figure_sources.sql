{# Says on which line each figure is printed, and whether a finding names the figure. #}
with

named as (
    select distinct figure_id from {{ ref('fct_figure_findings') }}
)

select
    figures.figure_id,
    figures.document_id,
    figures.line_number,
    named.figure_id is not null as has_finding
from {{ ref('fct_published_figures') }} as figures
left join named on figures.figure_id = named.figure_id

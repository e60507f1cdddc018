{# Reads table 5, which ranks the industries of companies outside an organisation's area. #}
select
    cells.figure_id,
    cells.organisation_id,
    cells.period_id,
    cast(right(cells.breakdown, 1) as integer) as industry_rank,
    spellings.industry_division,
    spellings.industry_code_version,
    cells.basis
from {{ ref('int_evaluation_report_cells') }} as cells
inner join {{ ref('fct_published_figures') }} as figures on cells.figure_id = figures.figure_id
inner join {{ ref('stg_industry_spellings') }} as spellings
    on figures.printed_text = spellings.printed_text
where cells.table_role = 'outside_industries' and cells.indicator_id = 'outside_industry'

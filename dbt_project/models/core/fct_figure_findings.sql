{# Findings name their figures in two lists, one for each side; here each name is a row. #}
with

sides as (
    select
        finding_id,
        'left' as side,
        left_figure_ids as figure_ids
    from {{ ref('dim_finding') }}
    union all
    select
        finding_id,
        'right' as side,
        right_figure_ids as figure_ids
    from {{ ref('dim_finding') }}
)

select
    figures.figure_id,
    sides.finding_id,
    sides.side
from sides
inner join {{ ref('fct_published_figures') }} as figures
    on position(' ' || figures.figure_id || ' ' in ' ' || sides.figure_ids || ' ') > 0

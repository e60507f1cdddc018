{# A figure that follows, over however many rules, from itself proves nothing. #}
with recursive

edges as (
    select distinct
        figure_id,
        operand_figure_id
    from {{ ref('int_reconciliation_terms') }}
),

reached as (
    select
        figure_id,
        operand_figure_id
    from edges
    union
    select
        reached.figure_id,
        edges.operand_figure_id
    from reached
    inner join edges on reached.operand_figure_id = edges.figure_id
)

select figure_id
from reached
where figure_id = operand_figure_id

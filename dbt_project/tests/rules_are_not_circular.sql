{# Returns figures that are computed from themselves, through any number of rules. Such a
   computation proves nothing. #}
with recursive

edges as (
    select distinct
        terms.figure_id,
        terms.operand_figure_id
    from {{ ref('int_reconciliation_terms') }} as terms
    inner join {{ ref('stg_reconciliation_rules') }} as rules on terms.rule_id = rules.rule_id
    where rules.relation = 'equals'
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

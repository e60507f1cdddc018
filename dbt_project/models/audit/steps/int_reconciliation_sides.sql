{# Computes the numerator and the denominator of each rule's result, with rounding bounds. #}
with

terms as (
    select * from {{ ref('int_reconciliation_terms') }}
),

intervals as (
    select * from {{ ref('int_figure_intervals') }}
),

valued as (
    select
        terms.rule_id,
        terms.figure_id,
        terms.operand_figure_id,
        terms.side,
        terms.coefficient,
        case when terms.side = 'member' then 1 else intervals.base_value end as base_value,
        case
            when terms.side = 'member' then 0
            else abs(terms.coefficient) * intervals.half_width
        end as half_width
    from terms
    left join intervals on terms.operand_figure_id = intervals.figure_id
)

select
    rule_id,
    figure_id,
    count(*) as operands,
    cast(sum(case when side <> 'denominator' then coefficient * base_value end) as decimal(20, 6))
        as numerator,
    cast(sum(case when side <> 'denominator' then half_width end) as decimal(20, 6))
        as numerator_half_width,
    cast(sum(case when side = 'denominator' then coefficient * base_value end) as decimal(20, 6))
        as denominator,
    cast(sum(case when side = 'denominator' then half_width end) as decimal(20, 6))
        as denominator_half_width
from valued
group by rule_id, figure_id

{# Lists the terms of totals with parts in the same table, and of shares of printed totals. #}
with

figures as (
    select * from {{ ref('int_figure_intervals') }} where repeats_figure_id is null
),

families as (
    select
        *,
        count(*) over (partition by document_id, indicator_id, whole) as parts
    from {{ ref('stg_sum_families') }}
),

parts as (
    select
        families.rule_id,
        wholes.figure_id as target,
        parts.figure_id as operand,
        families.parts,
        count(*) over (partition by wholes.figure_id) as printed_parts
    from families
    inner join figures as wholes
        on
            families.document_id = wholes.document_id
            and families.indicator_id = wholes.indicator_id
            and families.whole = wholes.breakdown
            and wholes.table_kind = 'table'
            and wholes.statistic = 'level'
    inner join figures as parts
        on
            wholes.document_id = parts.document_id
            and wholes.table_id = parts.table_id
            and wholes.indicator_id = parts.indicator_id
            and wholes.statistic = parts.statistic
            and wholes.period_id = parts.period_id
            and families.part = parts.breakdown
),

-- a share can be printed in any table or sentence; its amounts are printed in a table
shares as (
    select
        shares.figure_id as target,
        amounts.figure_id as operand,
        case amounts.breakdown when 'total' then 'denominator' else 'numerator' end as side
    from figures as shares
    inner join figures as amounts
        on
            shares.document_id = amounts.document_id
            and shares.indicator_id = amounts.indicator_id
            and shares.period_id = amounts.period_id
            and amounts.table_kind = 'table'
            and amounts.statistic = 'level'
            and amounts.breakdown in ('total', shares.breakdown)
    where
        shares.document_role = 'performance_account'
        and shares.statistic = 'share'
        and shares.indicator_id in ('total_financing', 'international_collaborations')
        and shares.breakdown <> 'total'
)

select {{ rule_terms("rule_id", "target", "'numerator'", "operand") }}
from parts
where parts = printed_parts
union all
select {{ rule_terms("'share_of_total'", "target", "side", "operand") }}
from shares

{# Terms of the call: weights, pots and totals. #}
with

figures as (
    select * from {{ ref('int_figure_intervals') }} where period_id = '2025-2028'
),

annex as (
    select * from figures where document_id = 'am_hub_made_2025'
),

cover as (
    select * from figures where document_id = 'programme_cover_2025'
),

weights as (
    select
        *,
        row_number() over (
            partition by grant_type_id
            order by value desc nulls last, figure_id asc nulls last
        ) as place
    from annex
    where statistic = 'weight'
),

sums as (
    select
        totals.figure_id as target,
        parts.figure_id as operand
    from cover as totals
    inner join cover as parts
        on
            totals.indicator_id = parts.indicator_id
            and parts.table_id = 'areas'
            and parts.organisation_id is not null
    where
        totals.organisation_id is null
        and totals.table_id = 'prose'
        and totals.indicator_id in ('applied_amount', 'recommended_amount')
),

pots as (
    select
        whole.figure_id as target,
        parts.figure_id as operand
    from cover as whole
    inner join annex as parts
        on whole.indicator_id = parts.indicator_id and parts.grant_type_id is not null
    where whole.indicator_id = 'grant_pot'
)

select
    {{ rule_terms("'weights_add_up'", "firsts.figure_id", "'numerator'", "others.figure_id", -1) }}
from weights as firsts
inner join weights as others
    on firsts.grant_type_id = others.grant_type_id and others.place > 1
where firsts.place = 1
union all
select {{ rule_terms("'sum_over_organisations'", "target", "'numerator'", "operand") }}
from sums
union all
select {{ rule_terms("'pots_together'", "target", "'numerator'", "operand") }}
from pots

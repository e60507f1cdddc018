{# Terms of the papers of a call: weights, pots and totals. #}
with

figures as (
    select * from {{ ref('int_figure_intervals') }}
    where period_id in (select period_id from {{ ref('dim_call') }})
),

annex as (
    select * from figures where document_role = 'competition_annex'
),

cover as (
    select * from figures where document_role = 'call_cover'
),

weights as (
    select
        *,
        row_number() over (
            partition by document_id, grant_type_id
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
            totals.document_id = parts.document_id
            and totals.period_id = parts.period_id
            and totals.indicator_id = parts.indicator_id
            and parts.table_role = 'applicants_by_area'
            and parts.organisation_id is not null
    where
        totals.organisation_id is null
        and totals.table_kind = 'prose'
        and totals.indicator_id in ('applied_amount', 'recommended_amount')
),

pots as (
    select
        whole.figure_id as target,
        parts.figure_id as operand
    from cover as whole
    inner join annex as parts
        on
            whole.period_id = parts.period_id
            and whole.indicator_id = parts.indicator_id
            and parts.grant_type_id is not null
    where whole.indicator_id = 'grant_pot'
)

select
    {{ rule_terms("'weights_add_up'", "firsts.figure_id", "'numerator'", "others.figure_id", -1) }}
from weights as firsts
inner join weights as others
    on
        firsts.document_id = others.document_id
        and firsts.grant_type_id = others.grant_type_id
        and others.place > 1
where firsts.place = 1
union all
select {{ rule_terms("'sum_over_organisations'", "target", "'numerator'", "operand") }}
from sums
union all
select {{ rule_terms("'pots_together'", "target", "'numerator'", "operand") }}
from pots

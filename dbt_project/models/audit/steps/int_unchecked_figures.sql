{# Lists the printed figures that cannot be checked, because other numbers are not printed. #}
with

-- a figure is checked if a rule recomputes or uses it; rules that only give a bound do not count
tied as (
    select
        terms.figure_id,
        terms.operand_figure_id
    from {{ ref('int_reconciliation_terms') }} as terms
    inner join {{ ref('dim_reconciliation_rule') }} as rules on terms.rule_id = rules.rule_id
    where rules.relation <> 'at_most'
),

-- a figure is also checked if a claim in the prose says that it equals other figures
claimed as (
    select terms.figure_id
    from {{ ref('stg_claim_terms') }} as terms
    inner join {{ ref('fct_published_claims') }} as claims on terms.claim_id = claims.claim_id
    where
        claims.kind in ('compare', 'each')
        and claims.comparator = 'equals'
        and terms.figure_id is not null
)

select
    figures.figure_id,
    families.reason
from {{ ref('fct_published_figures') }} as figures
inner join {{ ref('stg_unchecked_families') }} as families
    on
        figures.document_id = families.document_id
        and figures.table_id = families.table_id
        and figures.indicator_id = families.indicator_id
        and figures.statistic = families.statistic
where
    figures.value is not null
    and figures.repeats_figure_id is null
    and figures.figure_id not in (select tied.figure_id from tied)
    and figures.figure_id not in (select tied.operand_figure_id from tied)
    and figures.figure_id not in (select claimed.figure_id from claimed)

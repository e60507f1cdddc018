with

figures as (
    select * from {{ ref('fct_published_figures') }}
),

operands as (
    select
        rule_id,
        figure_id,
        {{ list_of('operand_figure_id') }} as operand_figure_ids
    from {{ ref('int_reconciliation_terms') }}
    group by rule_id, figure_id
),

explained as (
    select
        expected as rule_id,
        key as figure_id,
        {{ list_of('finding_id') }} as finding_ids
    from {{ ref('int_finding_evidence') }}
    where evidence = 'reconciliation'
    group by expected, key
),

verdicts as (
    select
        rule_id,
        figure_id,
        recomputed_value,
        lowest_value,
        highest_value,
        difference,
        verdict,
        cast(null as varchar) as reason
    from {{ ref('int_reconciled_figures') }}
    union all
    select
        'none' as rule_id,
        figure_id,
        null as recomputed_value,
        null as lowest_value,
        null as highest_value,
        null as difference,
        'not_checkable' as verdict,
        reason
    from {{ ref('int_unchecked_figures') }}
)

select
    verdicts.figure_id,
    verdicts.rule_id,
    rules.label_en as rule_label_en,
    rules.definition as rule_definition,
    figures.document_id,
    figures.line_number,
    {{ has_finding() }} as has_finding,
    figures.table_id,
    figures.indicator_id,
    figures.breakdown,
    figures.statistic,
    figures.organisation_id,
    coalesce(figures.period_id, 'not_stated') as period_id,
    {{ period_kind("coalesce(figures.period_id, 'not_stated')") }} as period_kind,
    figures.printed_text,
    figures.value as printed_value,
    figures.unit,
    cast(verdicts.recomputed_value as decimal(20, 6)) as recomputed_value,
    cast(verdicts.lowest_value as decimal(20, 6)) as lowest_value,
    cast(verdicts.highest_value as decimal(20, 6)) as highest_value,
    cast(verdicts.difference as decimal(20, 6)) as difference,
    verdicts.verdict,
    verdicts.reason,
    operands.operand_figure_ids,
    explained.finding_ids,
    figures.placement,
    figures.basis
from verdicts
inner join figures on verdicts.figure_id = figures.figure_id
left join {{ ref('dim_reconciliation_rule') }} as rules on verdicts.rule_id = rules.rule_id
left join operands
    on verdicts.rule_id = operands.rule_id and verdicts.figure_id = operands.figure_id
left join explained
    on verdicts.rule_id = explained.rule_id and verdicts.figure_id = explained.figure_id
{{ join_figure_source('verdicts.figure_id') }}

{#
  Returns rows of sum_families, part_families and list_counts that relate no printed figures to each
  other.
#}
with

figures as (
    select * from {{ ref('fct_published_figures') }}
),

tied as (
    select
        terms.rule_id,
        terms.figure_id,
        targets.document_id,
        targets.indicator_id,
        targets.breakdown,
        operands.document_id as operand_document_id,
        operands.table_id as operand_table_id,
        operands.indicator_id as operand_indicator_id,
        operands.breakdown as operand_breakdown
    from {{ ref('int_reconciliation_terms') }} as terms
    inner join figures as targets on terms.figure_id = targets.figure_id
    inner join figures as operands on terms.operand_figure_id = operands.figure_id
)

select
    'sum_families' as family,
    document_id,
    indicator_id || ' ' || whole || ' ' || part as names
from {{ ref('stg_sum_families') }} as families
where
    not exists (
        select 1
        from tied
        where
            tied.rule_id = families.rule_id
            and tied.document_id = families.document_id
            and tied.indicator_id = families.indicator_id
            and tied.breakdown = families.whole
            and tied.operand_breakdown = families.part
    )
union all
select
    'part_families' as family,
    document_id,
    indicator_id || ' ' || breakdown || ' ' || whole_indicator_id || ' ' || whole_breakdown
        as names
from {{ ref('stg_part_families') }} as families
where
    not exists (
        select 1
        from tied
        where
            tied.rule_id = families.rule_id
            and tied.document_id = families.document_id
            and tied.indicator_id = families.indicator_id
            and tied.breakdown = families.breakdown
            and tied.operand_indicator_id = families.whole_indicator_id
            and tied.operand_breakdown = families.whole_breakdown
    )
union all
select
    'list_counts' as family,
    list_document_id as document_id,
    cell_id || ' ' || list_table_id || ' ' || list_indicator_id || ' '
    || coalesce(list_breakdown, '') as names
from {{ ref('stg_list_counts') }} as families
where
    not exists (
        select 1
        from tied
        where
            tied.rule_id = 'count_of_list'
            and tied.figure_id = families.figure_id
            and tied.operand_document_id = families.list_document_id
            and tied.operand_table_id = families.list_table_id
            and tied.operand_indicator_id = families.list_indicator_id
            and tied.operand_breakdown
            = coalesce(families.list_breakdown, tied.operand_breakdown)
    )

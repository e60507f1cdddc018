{#
  Printed counts of things that a document also lists. Each item of the list adds 1 to the count.
#}
with

labels as (
    select *
    from {{ ref('fct_published_figures') }}
    where statistic = 'label' and repeats_figure_id is null
),

counts as (
    select * from {{ ref('int_figure_intervals') }} where repeats_figure_id is null
),

members as (
    select
        counts.figure_id as target,
        labels.figure_id as operand
    from {{ ref('stg_list_counts') }} as lists
    inner join counts on lists.figure_id = counts.figure_id
    inner join labels
        on
            lists.list_document_id = labels.document_id
            and lists.list_table_id = labels.table_id
            and lists.list_indicator_id = labels.indicator_id
            and coalesce(lists.list_breakdown, labels.breakdown) = labels.breakdown
)

select
    'count_of_list' as rule_id,
    target,
    'member' as side,
    operand,
    1 as coefficient
from members

{#
  Says how complete the files of a call are. Scores and allocations are computed from the
  applications and the scores. Awards are computed from these files and the decisions. A call can be
  complete without decisions. Only the group decisions needs them, if they are expected.
#}
with

submissions as (
    select
        basis,
        period_id as call_id,
        dataset,
        max(case when is_reported then 1 else 0 end) as is_reported,
        max(case when is_due then 1 else 0 end) as is_due,
        max(rows_refused) as rows_refused
    from {{ ref('fct_reporting') }}
    where dataset in ('applications', 'criterion_scores', 'decisions')
    group by basis, period_id, dataset
),

side_by_side as (
    select
        'scores' as figure_group,
        1 as is_needed,
        2 as datasets_needed,
        *
    from submissions
    where dataset <> 'decisions'
    union all
    select
        'awards' as figure_group,
        case when dataset = 'decisions' then 0 else 1 end as is_needed,
        2 as datasets_needed,
        *
    from submissions
    union all
    select
        'decisions' as figure_group,
        1 as is_needed,
        count(*) over (partition by basis, call_id) as datasets_needed,
        *
    from submissions
    where dataset <> 'criterion_scores'
),

counted as (
    select
        basis,
        call_id,
        figure_group,
        max(datasets_needed) as datasets_needed,
        sum(is_needed * is_reported) as datasets_reported,
        max(is_needed * is_due) as is_due,
        sum(rows_refused) as rows_refused
    from side_by_side
    group by basis, call_id, figure_group
)

select
    basis,
    call_id,
    figure_group,
    is_due = 1 as is_due,
    cast(rows_refused as bigint) as rows_refused,
    case
        when datasets_reported < datasets_needed then 'partial'
        when rows_refused > 0 then 'rows_refused'
        else 'complete'
    end as completeness
from counted

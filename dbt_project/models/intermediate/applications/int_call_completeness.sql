{#
  Says how complete the files of a call are. Scores and allocations are computed from the
  applications and the scores. Awards are computed from these files and the decisions. A call can be
  complete without decisions.
#}
with

submissions as (
    select
        basis,
        period_id as call_id,
        dataset,
        max(case when is_reported then 1 else 0 end) as is_reported,
        max(rows_refused) as rows_refused
    from {{ ref('fct_reporting') }}
    where dataset in ('applications', 'criterion_scores', 'decisions')
    group by basis, period_id, dataset
),

side_by_side as (
    select
        'scores' as figure_group,
        *
    from submissions
    where dataset <> 'decisions'
    union all
    select
        'awards' as figure_group,
        *
    from submissions
),

counted as (
    select
        basis,
        call_id,
        figure_group,
        sum(case when dataset <> 'decisions' then is_reported else 0 end) as datasets_reported,
        sum(rows_refused) as rows_refused
    from side_by_side
    group by basis, call_id, figure_group
)

select
    basis,
    call_id,
    figure_group,
    cast(rows_refused as bigint) as rows_refused,
    case
        when datasets_reported < 2 then 'partial'
        when rows_refused > 0 then 'rows_refused'
        else 'complete'
    end as completeness
from counted

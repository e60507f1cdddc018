{# A view, because only the mart is rebuilt after a run has added its own results. #}
{{ config(materialized='view') }}
select
    *,
    -- consecutive failures have the same number of earlier passes, because no pass is between them
    cast(
        sum(case when passed then 1 else 0 end) over (
            partition by check_id
            order by started_at asc nulls last, run_id asc nulls last
            rows between unbounded preceding and current row
        ) as integer
    ) as passes_so_far
from {{ ref('stg_quality_results') }}

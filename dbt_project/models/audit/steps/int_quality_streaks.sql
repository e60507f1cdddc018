{# A view: when a run ends, its own results are added, and then only the mart is rebuilt. #}
{{ config(materialized='view') }}
select
    *,
    -- failures in a row, without a pass between them, have the same number of earlier passes
    cast(
        sum(case when passed then 1 else 0 end) over (
            partition by check_id
            order by started_at asc nulls last, run_id asc nulls last
            rows between unbounded preceding and current row
        ) as integer
    ) as passes_so_far
from {{ ref('stg_quality_results') }}

{# A view: the run's own results join when all is finished, and only the mart is made anew then. #}
{{ config(materialized='view') }}
select
    *,
    -- failures between which a check did not pass have the same number of passes before them
    cast(
        sum(case when passed then 1 else 0 end) over (
            partition by check_id
            order by started_at asc nulls last, run_id asc nulls last
            rows between unbounded preceding and current row
        ) as integer
    ) as passes_so_far
from {{ ref('stg_quality_results') }}

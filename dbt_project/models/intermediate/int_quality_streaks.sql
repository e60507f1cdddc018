with

results as (
    select * from {{ ref('stg_quality_results') }}
),

-- failures between which a check did not pass have the same number of passes before them
streaks as (
    select
        *,
        sum(case when passed then 1 else 0 end) over (
            partition by check_id
            order by started_at asc nulls last, run_id asc nulls last
            rows between unbounded preceding and current row
        ) as passes_so_far
    from results
)

select
    run_id,
    started_at,
    outcome,
    release_id,
    check_id,
    looks_at,
    says,
    passed,
    observed,
    failing_count,
    failing_rows,
    error,
    seconds,
    cast(passes_so_far as integer) as passes_so_far
from streaks

with

results as (
    select * from {{ ref('int_quality_streaks') }}
),

-- consecutive failures have the same passes_so_far; the pass before them has this number too and is
-- left out
dated as (
    select
        *,
        min(case when not passed then started_at end) over (
            partition by check_id, passes_so_far
        ) as streak_began_at,
        first_value(run_id) over (
            order by started_at desc nulls last, run_id desc nulls last, check_id asc nulls last
        ) as latest_run_id
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
    case when not passed then streak_began_at end as first_seen_at,
    run_id = latest_run_id as is_latest,
    seconds
from dated

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
    cast(seconds as decimal(9, 3)) as seconds
from {{ source('raw', 'quality_results') }}

with years as (
    select
        *,
        lag(if(placement = 'ambiguous', null, value)) over (
            partition by indicator_id, breakdown, statistic order by year
            range between 1 preceding and 1 preceding
        ) as before,
        min_by(value, year) filter (where placement <> 'ambiguous') over (
            partition by indicator_id, breakdown
        ) as first_value
    from core.fct_performance_accounts
)

select
    indicator_id, breakdown, year, value, unit, amount_kr, clusters,
    quotient(recomputed_average_per_cluster, 1, places := 2) as average_per_cluster,
    quotient(recomputed_change, 1, places := 1) as change,
    if(placement = 'ambiguous', null, quotient(100 * value, first_value, places := 1))
        as index_value,
    figure_id, basis, 'printed' as completeness
from years

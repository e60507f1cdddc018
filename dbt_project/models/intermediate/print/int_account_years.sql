{# For each year: the quantity, its value in the year before, and the number of clusters. #}
with

levels as (
    select
        *,
        cast(right(period_id, 4) as integer) as year
    from {{ ref('int_account_cells') }}
    where statistic in ('level', 'share')
),

clusters as (
    select
        year,
        value as clusters
    from levels
    where indicator_id = 'clusters'
)

select
    levels.figure_id,
    levels.indicator_id,
    levels.breakdown,
    levels.statistic,
    levels.year,
    levels.value,
    levels.unit,
    levels.amount_kr,
    levels.placement,
    levels.basis,
    -- nothing is computed from a year that the print leaves open
    case
        when levels.placement <> 'ambiguous' and former.placement <> 'ambiguous'
            then former.value
    end as former_value,
    clusters.clusters
from levels
left join clusters on levels.year = clusters.year
left join levels as former
    on
        levels.indicator_id = former.indicator_id
        and levels.breakdown = former.breakdown
        and levels.statistic = former.statistic
        and levels.year = former.year + 1

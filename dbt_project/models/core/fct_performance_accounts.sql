with

years as (
    select * from {{ ref('int_account_years') }}
),

-- a change belongs to the later of its two years
cells as (
    select
        *,
        cast(right(period_id, 4) as integer) as year
    from {{ ref('int_account_cells') }}
),

averages as (
    select
        averages.*,
        former.value as former_value
    from cells as averages
    left join cells as former
        on
            averages.indicator_id = former.indicator_id
            and averages.breakdown = former.breakdown
            and averages.statistic = former.statistic
            and averages.year = former.year + 1
    where averages.statistic = 'average_per_cluster'
),

changes as (
    select * from cells where statistic in ('level_change', 'share_change')
),

average_changes as (
    select * from cells where statistic = 'average_per_cluster_change'
)

select
    years.indicator_id,
    years.breakdown,
    years.statistic,
    years.year,
    years.value,
    years.unit,
    years.amount_kr,
    cast(years.clusters as integer) as clusters,
    changes.value as printed_change,
    case
        when years.former_value is null then null
        when years.statistic = 'share' then 'percentage_point'
        else 'percent'
    end as change_unit,
    case
        when years.statistic = 'share'
            then cast(years.value - years.former_value as decimal(20, 6))
        else {{ ratio('100 * (years.value - years.former_value)', 'years.former_value') }}
    end as recomputed_change,
    averages.value as printed_average_per_cluster,
    case
        when averages.figure_id is not null then {{ ratio('years.value', 'years.clusters') }}
    end as recomputed_average_per_cluster,
    average_changes.value as printed_average_change,
    {{ ratio('100 * (averages.value - averages.former_value)', 'averages.former_value') }}
        as recomputed_average_change,
    years.figure_id,
    changes.figure_id as change_figure_id,
    averages.figure_id as average_figure_id,
    average_changes.figure_id as average_change_figure_id,
    years.placement,
    'performance_accounts_2014_2018' as series_id,
    years.basis,
    years.figure_id as source_row_key
from years
left join changes
    on
        years.indicator_id = changes.indicator_id
        and years.breakdown = changes.breakdown
        and years.year = changes.year
left join averages
    on
        years.indicator_id = averages.indicator_id
        and years.breakdown = averages.breakdown
        and years.year = averages.year
left join average_changes
    on
        years.indicator_id = average_changes.indicator_id
        and years.breakdown = average_changes.breakdown
        and years.year = average_changes.year

{# Reads the development tables of the performance accounts. Repeated cells are left out. #}
with

-- a printed change has a period of two years; it belongs to the later year
cells as (
    select
        *,
        cast(right(period_id, 4) as integer) as year
    from {{ ref('fct_published_figures') }}
    where
        document_role = 'performance_account'
        and table_kind = 'table'
        and repeats_figure_id is null
        and value is not null
),

-- each cell, joined to the cell of the year before
consecutive as (
    select
        cells.*,
        former.value as former_value,
        former.placement as former_placement
    from cells
    left join cells as former
        on
            cells.indicator_id = former.indicator_id
            and cells.breakdown = former.breakdown
            and cells.statistic = former.statistic
            and cells.year = former.year + 1
),

clusters as (
    select
        year,
        value as clusters
    from cells
    where indicator_id = 'clusters' and statistic = 'level'
),

-- no change is computed if the print does not show to which year a cell belongs
years as (
    select
        consecutive.*,
        clusters.clusters,
        case
            when
                consecutive.placement <> 'ambiguous'
                and consecutive.former_placement <> 'ambiguous'
                then consecutive.former_value
        end as comparable_value
    from consecutive
    left join clusters on consecutive.year = clusters.year
    where consecutive.statistic in ('level', 'share')
),

averages as (
    select * from consecutive where statistic = 'average_per_cluster'
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
        when years.comparable_value is null then null
        when years.statistic = 'share' then 'percentage_point'
        else 'percent'
    end as change_unit,
    case
        when years.statistic = 'share'
            then cast(years.value - years.comparable_value as decimal(20, 6))
        else {{ ratio('100 * (years.value - years.comparable_value)', 'years.comparable_value') }}
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
    years.series_id,
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

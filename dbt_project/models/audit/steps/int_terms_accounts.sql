{# Changes, averages and sums in the performance accounts 2014-2018. #}
with

accounts as (
    select * from {{ ref('int_figure_intervals') }}
    where
        document_role = 'performance_account'
        and table_kind = 'table'
        and repeats_figure_id is null
),

pairs as (
    select
        changes.figure_id as target,
        own.figure_id as new_figure,
        former.figure_id as old_figure,
        changes.statistic
    from accounts as changes
    inner join accounts as own
        on
            changes.indicator_id = own.indicator_id
            and changes.breakdown = own.breakdown
            and changes.statistic = own.statistic || '_change'
            and right(changes.period_id, 4) = own.period_id
    inner join accounts as former
        on
            changes.indicator_id = former.indicator_id
            and changes.breakdown = former.breakdown
            and changes.statistic = former.statistic || '_change'
            and left(changes.period_id, 4) = former.period_id
),

averages as (
    select
        averages.figure_id as target,
        levels.figure_id as level_figure,
        clusters.figure_id as clusters_figure
    from accounts as averages
    inner join accounts as levels
        on
            averages.indicator_id = levels.indicator_id
            and averages.breakdown = levels.breakdown
            and averages.period_id = levels.period_id
            and levels.statistic = 'level'
    inner join accounts as clusters
        on
            averages.period_id = clusters.period_id
            and clusters.indicator_id = 'clusters'
            and clusters.statistic = 'level'
    where averages.statistic = 'average_per_cluster'
),

per_employee as (
    select
        ratios.figure_id as target,
        financing.figure_id as financing_figure,
        employees.figure_id as employees_figure
    from accounts as ratios
    inner join accounts as financing
        on
            ratios.period_id = financing.period_id
            and financing.indicator_id = 'total_financing'
            and financing.breakdown = 'total'
            and financing.statistic = 'average_per_cluster'
    inner join accounts as employees
        on
            ratios.period_id = employees.period_id
            and employees.indicator_id = 'employees_per_cluster'
            and employees.statistic = 'level'
    where ratios.indicator_id = 'financing_per_employee' and ratios.statistic = 'level'
),

-- the share must be a multiple of 1 / (number of all clusters)
whole_clusters as (
    select
        shares.figure_id as target,
        clusters.figure_id as clusters_figure
    from accounts as shares
    inner join accounts as clusters
        on
            shares.period_id = clusters.period_id
            and clusters.indicator_id = 'clusters'
            and clusters.statistic = 'level'
    where shares.indicator_id = 'clusters_with_membership_dues' and shares.statistic = 'share'
)

select {{ rule_terms("'change_in_percent'", "target", "'numerator'", "new_figure") }}
from pairs
where statistic <> 'share_change'
union all
select {{ rule_terms("'change_in_percent'", "target", "'denominator'", "old_figure") }}
from pairs
where statistic <> 'share_change'
union all
select {{ rule_terms("'change_in_points'", "target", "'numerator'", "new_figure") }}
from pairs
where statistic = 'share_change'
union all
select {{ rule_terms("'change_in_points'", "target", "'numerator'", "old_figure", -1) }}
from pairs
where statistic = 'share_change'
union all
select {{ rule_terms("'average_per_cluster'", "target", "'numerator'", "level_figure") }}
from averages
union all
select {{ rule_terms("'average_per_cluster'", "target", "'denominator'", "clusters_figure") }}
from averages
union all
select {{ rule_terms("'financing_per_employee'", "target", "'numerator'", "financing_figure") }}
from per_employee
union all
select {{ rule_terms("'financing_per_employee'", "target", "'denominator'", "employees_figure") }}
from per_employee
union all
select {{ rule_terms("'share_of_whole_clusters'", "target", "'member'", "clusters_figure") }}
from whole_clusters
union all
select {{ rule_terms("'share_of_whole_clusters'", "target", "'denominator'", "clusters_figure") }}
from whole_clusters

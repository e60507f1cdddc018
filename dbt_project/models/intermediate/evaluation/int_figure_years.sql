{# Whether each organisation has reported every dataset that a group of figures needs. #}
with

counted as (
    select
        basis,
        figure_group,
        organisation_id,
        year,
        sum(case when is_expected then 1 else 0 end) as datasets_expected,
        sum(case when is_reported then 1 else 0 end) as datasets_reported
    from {{ ref('int_figure_submissions') }}
    group by basis, figure_group, organisation_id, year
),

sizes as (
    select
        figure_group,
        count(*) as datasets
    from {{ ref('stg_figure_groups') }}
    group by figure_group
)

select
    counted.basis,
    counted.figure_group,
    counted.organisation_id,
    counted.year,
    counted.datasets_reported = sizes.datasets as is_reported,
    -- if an organisation need not report a dataset, no figure from this dataset is expected of it
    counted.datasets_reported = sizes.datasets
    or counted.datasets_expected in (0, sizes.datasets) as is_due
from counted
inner join sizes on counted.figure_group = sizes.figure_group

with

labels as (
    select * from {{ ref('dim_code_label') }}
),

-- years that not all reporters have reported yet
unfinished_years as (
    select distinct
        preferred.period_id,
        preferred.source_period_id,
        suffixes.name_da,
        suffixes.name_en
    from {{ ref('int_preferred_periods') }} as preferred
    inner join labels as suffixes
        on suffixes.code_list = 'period_suffix' and suffixes.code = 'so_far'
    where preferred.period_id <> preferred.source_period_id
),

periods as (
    select
        period_id,
        period_id as name_da,
        period_id as name_en,
        first_year,
        last_year,
        period_kind
    from {{ ref('dim_period') }}
    where period_kind <> 'not_stated'
    union all
    select
        unfinished_years.period_id,
        unfinished_years.source_period_id || ' ' || unfinished_years.name_da as name_da,
        unfinished_years.source_period_id || ' ' || unfinished_years.name_en as name_en,
        periods.first_year,
        periods.last_year,
        'so_far' as period_kind
    from unfinished_years
    inner join {{ ref('dim_period') }} as periods
        on unfinished_years.source_period_id = periods.period_id
)

select
    periods.period_id,
    periods.name_da,
    periods.name_en,
    periods.period_kind,
    labels.name_da as period_kind_da,
    labels.name_en as period_kind_en,
    case when periods.first_year = periods.last_year then periods.first_year end as year,
    periods.first_year,
    periods.last_year,
    {{ first_day_of('periods.first_year') }} as period_start,
    {{ last_day_of('periods.last_year') }} as period_end
from periods
inner join labels on labels.code_list = 'period_kind' and periods.period_kind = labels.code

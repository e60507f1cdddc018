with

named as (
    select period_id from {{ ref('stg_published_cells') }} where period_id is not null
    union
    select period_id from {{ ref('stg_calls') }} where period_id is not null
    union
    select period_id from {{ ref('stg_reporting_periods') }} where kind = 'year'
    union
    select period_id from {{ ref('stg_evaluation_periods') }}
),

-- the id of a single year is the year; the id of several years is the first and the last year
years as (
    select
        period_id,
        cast(substr(period_id, 1, 4) as integer) as first_year,
        cast(substr(period_id, length(period_id) - 3, 4) as integer) as last_year
    from named
)

select
    period_id,
    first_year,
    last_year,
    last_year - first_year + 1 as number_of_years,
    {{ period_kind('period_id') }} as period_kind
from years
union all
select
    code as period_id,
    cast(null as integer) as first_year,
    cast(null as integer) as last_year,
    cast(null as integer) as number_of_years,
    {{ period_kind('code') }} as period_kind
from {{ ref('stg_code_labels') }}
where code_list = 'period'

with

labels as (
    select * from {{ ref('dim_code_label') }}
),

years as (
    select
        {{ first_day_of('min(first_year)') }} as first_day,
        {{ last_day_of('max(last_year)') }} as last_day
    from {{ ref('dim_period') }}
),

days as (
    select {{ days_after('years.first_day', 'numbers.n') }} as day
    from years
    cross join {{ numbers_up_to(99999) }} as numbers (n)
    where {{ days_after('years.first_day', 'numbers.n') }} <= years.last_day
),

parts as (
    select
        day,
        cast(extract(year from day) as integer) as year,
        cast(extract(quarter from day) as integer) as quarter,
        cast(extract(month from day) as integer) as month,
        cast(extract(day from day) as integer) as day_of_month,
        cast(extract(isodow from day) as integer) as weekday
    from days
)

select
    parts.day as date_id,
    cast(parts.day_of_month as varchar) || '. ' || months.name_da || ' '
    || cast(parts.year as varchar) as name_da,
    cast(parts.day_of_month as varchar) || ' ' || months.name_en || ' '
    || cast(parts.year as varchar) as name_en,
    parts.year,
    parts.quarter,
    parts.month,
    months.name_da as month_name_da,
    months.name_en as month_name_en,
    parts.weekday,
    weekdays.name_da as weekday_name_da,
    weekdays.name_en as weekday_name_en
from parts
inner join labels as months
    on months.code_list = 'month' and cast(parts.month as varchar) = months.code
inner join labels as weekdays
    on weekdays.code_list = 'weekday' and cast(parts.weekday as varchar) = weekdays.code
union all
select
    {{ date_of_several_years() }} as date_id,
    name_da,
    name_en,
    null as year,
    null as quarter,
    null as month,
    null as month_name_da,
    null as month_name_en,
    null as weekday,
    null as weekday_name_da,
    null as weekday_name_en
from labels
where code_list = 'date' and code = 'several_years'

with

-- an area is named by the newest call that names it
latest as (
    select
        *,
        row_number() over (
            partition by area_id
            order by period_id desc nulls last, call_id desc nulls last
        ) as place
    from {{ ref('dim_area_version') }}
)

select
    areas.area_id,
    coalesce(latest.name_da, areas.label_en) as label_da,
    areas.label_en,
    latest.class,
    latest.call_id as latest_call_id
from {{ ref('stg_areas') }} as areas
left join latest on areas.area_id = latest.area_id and latest.place = 1
union all
select
    code as area_id,
    name_da as label_da,
    name_en as label_en,
    cast(null as varchar) as class,
    cast(null as varchar) as latest_call_id
from {{ ref('stg_code_labels') }}
where code_list = 'area'

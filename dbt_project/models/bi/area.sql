with

labels as (
    select * from {{ ref('dim_code_label') }}
),

-- the name and class of the last call; the print writes some names with a small letter
named as (
    select
        areas.area_id,
        upper(substr(areas.name_da, 1, 1)) || substr(areas.name_da, 2) as name_da,
        areas.label_en as name_en,
        areas.class,
        row_number() over (
            partition by areas.area_id
            order by calls.period_id desc nulls last, areas.call_id asc nulls last
        ) as place
    from {{ ref('dim_area') }} as areas
    left join {{ ref('dim_call') }} as calls on areas.call_id = calls.call_id
),

areas as (
    select
        area_id,
        name_da,
        name_en,
        coalesce(class, 'not_stated') as class
    from named
    where place = 1
    union all
    select
        code as area_id,
        name_da,
        name_en,
        'not_stated' as class
    from labels
    where code_list = 'area'
)

select
    areas.area_id,
    areas.name_da,
    areas.name_en,
    areas.class as area_class,
    coalesce(labels.name_da, areas.class) as area_class_da,
    coalesce(labels.name_en, areas.class) as area_class_en
from areas
left join labels on labels.code_list = 'area_class' and areas.class = labels.code

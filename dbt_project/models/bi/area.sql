with

-- the print begins some names with a small letter
areas as (
    select
        area_id,
        upper(substr(label_da, 1, 1)) || substr(label_da, 2) as name_da,
        label_en as name_en,
        coalesce(class, 'not_stated') as class
    from {{ ref('dim_area') }}
)

select
    areas.area_id,
    areas.name_da,
    areas.name_en,
    areas.class as area_class,
    coalesce(labels.name_da, areas.class) as area_class_da,
    coalesce(labels.name_en, areas.class) as area_class_en
from areas
left join {{ ref('dim_code_label') }} as labels
    on labels.code_list = 'area_class' and areas.class = labels.code

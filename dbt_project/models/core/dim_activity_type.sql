with

mappings as (
    select
        from_activity_type_id,
        to_activity_type_id,
        coverage
    from {{ ref('stg_activity_type_mappings') }}
)

select
    types.activity_type_id,
    types.scheme,
    types.label_da,
    types.label_en,
    mappings.to_activity_type_id as successor_activity_type_id,
    mappings.coverage as successor_coverage
from {{ ref('stg_activity_types') }} as types
left join mappings on types.activity_type_id = mappings.from_activity_type_id

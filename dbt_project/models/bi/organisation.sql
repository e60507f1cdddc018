with

labels as (
    select * from {{ ref('dim_code_label') }}
)

select
    organisations.organisation_id,
    organisations.name as name_da,
    coalesce(keys.name_en, organisations.name) as name_en,
    coalesce(organisations.short_name, organisations.name) as short_name,
    organisations.kind as organisation_kind,
    coalesce(kinds.name_da, organisations.kind) as organisation_kind_da,
    coalesce(kinds.name_en, organisations.kind) as organisation_kind_en
from {{ ref('dim_organisation') }} as organisations
left join labels as kinds
    on kinds.code_list = 'organisation_kind' and organisations.kind = kinds.code
left join labels as keys
    on keys.code_list = 'organisation' and organisations.organisation_id = keys.code

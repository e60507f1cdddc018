with

labels as (
    select * from {{ ref('dim_code_label') }}
),

organisations as (
    select
        organisation_id,
        name as name_da,
        name as name_en,
        coalesce(short_name, name) as short_name,
        kind
    from {{ ref('dim_organisation') }}
    union all
    select
        code as organisation_id,
        name_da,
        name_en,
        name_da as short_name,
        'not_stated' as kind
    from labels
    where code_list = 'organisation'
)

select
    organisations.organisation_id,
    organisations.name_da,
    organisations.name_en,
    organisations.short_name,
    organisations.kind as organisation_kind,
    coalesce(labels.name_da, organisations.kind) as organisation_kind_da,
    coalesce(labels.name_en, organisations.kind) as organisation_kind_en
from organisations
left join labels
    on labels.code_list = 'organisation_kind' and organisations.kind = labels.code

select
    organisation_id,
    kind,
    name,
    short_name
from {{ ref('stg_organisations') }}
union all
select
    organisation_id,
    kind,
    name,
    short_name
from {{ ref('stg_country_keys') }}
union all
select
    code as organisation_id,
    'not_stated' as kind,
    name_da as name,
    name_da as short_name
from {{ ref('stg_code_labels') }}
where code_list = 'organisation'

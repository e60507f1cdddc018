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

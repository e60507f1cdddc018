select
    cast(country_key as varchar) as organisation_id,
    cast(kind as varchar) as kind,
    cast(name as varchar) as name,
    cast(short_name as varchar) as short_name
from {{ ref('country_keys') }}

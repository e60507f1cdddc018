select
    cast(unit as varchar) as unit,
    cast(label_da as varchar) as label_da,
    cast(label_en as varchar) as label_en,
    cast(kr_factor as integer) as kr_factor
from {{ ref('units') }}

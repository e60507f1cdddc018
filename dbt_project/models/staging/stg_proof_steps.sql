select
    cast(step_id as varchar) as step_id,
    cast(step_number as integer) as step_number,
    cast(argument as varchar) as argument,
    cast(label_da as varchar) as label_da,
    cast(label_en as varchar) as label_en
from {{ ref('proof_steps') }}

select
    code as participant_type_id,
    name_da,
    name_en
from {{ ref('dim_code_label') }}
where code_list = 'participant_type'

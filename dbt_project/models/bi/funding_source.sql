select
    code as funding_source_id,
    name_da,
    name_en
from {{ ref('dim_code_label') }}
where code_list = 'funding_source'

select
    source_row_key,
    load_id,
    reporter,
    cast(period as integer) as reported_year,
    basis,
    organisation_id,
    indicator_id,
    year,
    result_kind,
    accumulation,
    value
from {{ source('raw', 'indicator_results') }}

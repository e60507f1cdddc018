select
    source_row_key,
    load_id,
    reporter,
    cast(period as integer) as year,
    basis,
    organisation_id,
    funding_line_id,
    funding_source,
    funder_id,
    amount_kind,
    gross_or_net,
    price_basis,
    in_kind,
    validated,
    amount_kr
from {{ source('raw', 'funding') }}

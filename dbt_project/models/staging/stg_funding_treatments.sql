select
    cast(document_id as varchar) as document_id,
    cast(table_id as varchar) as table_id,
    cast(indicator_id as varchar) as indicator_id,
    cast(breakdown as varchar) as breakdown,
    cast(funding_source as varchar) as funding_source,
    cast(part_of as varchar) as part_of,
    cast(amount_kind as varchar) as amount_kind,
    cast(gross_or_net as varchar) as gross_or_net,
    cast(price_basis as varchar) as price_basis,
    cast(in_kind as varchar) as in_kind,
    cast(validated as varchar) as validated,
    cast(note as varchar) as note
from {{ ref('funding_treatments') }}

select
    cast(finding_id as varchar) as finding_id,
    cast(evidence as varchar) as evidence,
    cast(key as varchar) as key,
    cast(expected as varchar) as expected
from {{ ref('finding_evidence') }}

with

explained as (
    select
        key as claim_id,
        {{ list_of('finding_id') }} as finding_ids
    from {{ ref('int_finding_evidence') }}
    where evidence = 'claim'
    group by key
)

select
    claims.claim_id,
    claims.document_id,
    claims.line_number,
    claims.last_line_number,
    claims.says,
    claims.kind,
    claims.left_expression,
    claims.comparator,
    claims.right_expression,
    claims.unit,
    verdicts.computed_value,
    verdicts.claimed_value,
    verdicts.lowest_element,
    verdicts.highest_element,
    cast(verdicts.looked_at as bigint) as looked_at,
    cast(verdicts.holding as bigint) as holding,
    verdicts.verdict,
    verdicts.operand_figure_ids,
    explained.finding_ids,
    claims.note,
    claims.basis
from {{ ref('fct_published_claims') }} as claims
inner join {{ ref('int_claim_verdicts') }} as verdicts on claims.claim_id = verdicts.claim_id
left join explained on claims.claim_id = explained.claim_id

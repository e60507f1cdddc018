{# Lists the evidence for each finding, and says whether the evidence still holds. #}
with

evidence as (
    select * from {{ ref('stg_finding_evidence') }}
),

figures as (
    select * from {{ ref('fct_published_figures') }}
),

reconciled as (
    select * from {{ ref('int_reconciled_figures') }}
),

claims as (
    select * from {{ ref('int_claim_verdicts') }}
)

select
    evidence.finding_id,
    evidence.evidence,
    evidence.key,
    evidence.expected,
    reconciled.difference,
    coalesce(
        case evidence.evidence
            when 'reconciliation' then reconciled.verdict = 'contradicts'
            when 'claim' then claims.verdict = 'contradicted'
            when 'printed' then figures.printed_text = evidence.expected
        end,
        false
    ) as holds
from evidence
left join reconciled
    on
        evidence.evidence = 'reconciliation'
        and evidence.expected = reconciled.rule_id
        and evidence.key = reconciled.figure_id
left join claims on evidence.evidence = 'claim' and evidence.key = claims.claim_id
left join figures on evidence.evidence = 'printed' and evidence.key = figures.figure_id

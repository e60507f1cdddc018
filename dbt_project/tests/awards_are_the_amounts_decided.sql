-- an award without a decision comes from the call's rule; any other award is a decision and counts
-- once
with

decided as (
    select
        call_id,
        basis,
        sum(case when outcome = 'recommended' then recommended_amount_kr else 0 end) as amount_kr
    from {{ ref('fct_decisions') }}
    group by call_id, basis
),

awarded as (
    select
        call_id,
        basis,
        sum(recommended_amount_kr) as amount_kr
    from {{ ref('mart_awards') }}
    where award_source <> 'call_rule'
    group by call_id, basis
)

select
    decided.call_id,
    decided.basis,
    decided.amount_kr as decided_kr,
    awarded.amount_kr as awarded_kr
from decided
left join awarded on decided.call_id = awarded.call_id and decided.basis = awarded.basis
where awarded.amount_kr is distinct from decided.amount_kr

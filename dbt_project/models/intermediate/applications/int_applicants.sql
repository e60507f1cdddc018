{# Adds up the amounts of both grants that each applicant applied for and was recommended. #}
with

applications as (
    select
        call_id,
        organisation_id,
        basis,
        sum(applied_amount_kr) as applied_amount_kr
    from {{ ref('fct_applications') }}
    where row_kind = 'leaf'
    group by call_id, organisation_id, basis
),

decisions as (
    select
        call_id,
        organisation_id,
        basis,
        max(outcome) as outcome,
        sum(recommended_amount_kr) as recommended_amount_kr
    from {{ ref('fct_decisions') }}
    group by call_id, organisation_id, basis
)

select
    coalesce(applications.call_id, decisions.call_id) as call_id,
    coalesce(applications.organisation_id, decisions.organisation_id) as organisation_id,
    coalesce(applications.basis, decisions.basis) as basis,
    applications.call_id is not null as is_applied,
    applications.applied_amount_kr,
    decisions.outcome,
    decisions.recommended_amount_kr
from applications
full join decisions
    on
        applications.call_id = decisions.call_id
        and applications.organisation_id = decisions.organisation_id
        and applications.basis = decisions.basis

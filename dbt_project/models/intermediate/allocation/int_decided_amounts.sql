{# Adds up the amounts of both grants, applied for and recommended, with bounds from rounding. #}
with

applicants as (
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
),

-- a printed refusal has no amount
printed as (
    select
        decisions.call_id,
        decisions.organisation_id,
        case when decisions.outcome = 'recommended' then bounds.recommended_lowest else 0 end
            as recommended_lowest,
        case when decisions.outcome = 'recommended' then bounds.recommended_highest else 0.01 end
            as recommended_highest
    from decisions
    inner join {{ ref('int_printed_bounds') }} as bounds
        on
            decisions.call_id = bounds.call_id
            and decisions.organisation_id = bounds.organisation_id
            and bounds.grant_type_id is null
    where decisions.basis = 'published'
)

select
    applicants.call_id,
    applicants.organisation_id,
    applicants.basis,
    applicants.applied_amount_kr,
    decisions.outcome,
    decisions.recommended_amount_kr,
    printed.recommended_lowest as printed_lowest,
    printed.recommended_highest as printed_highest
from applicants
left join decisions
    on
        applicants.call_id = decisions.call_id
        and applicants.organisation_id = decisions.organisation_id
        and applicants.basis = decisions.basis
left join printed
    on
        applicants.call_id = printed.call_id
        and applicants.organisation_id = printed.organisation_id

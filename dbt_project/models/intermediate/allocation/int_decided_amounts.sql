{# Adds up the amounts of both grants, applied for and recommended, with bounds from rounding. #}
with

applicants as (
    select * from {{ ref('int_applicants') }}
    where is_applied
),

-- a printed refusal has no amount
printed as (
    select
        applicants.call_id,
        applicants.organisation_id,
        case when applicants.outcome = 'recommended' then bounds.recommended_lowest else 0 end
            as recommended_lowest,
        case when applicants.outcome = 'recommended' then bounds.recommended_highest else 0.01 end
            as recommended_highest
    from applicants
    inner join {{ ref('int_printed_bounds') }} as bounds
        on
            applicants.call_id = bounds.call_id
            and applicants.organisation_id = bounds.organisation_id
            and bounds.grant_type_id is null
    where applicants.basis = 'published' and applicants.outcome is not null
)

select
    applicants.call_id,
    applicants.organisation_id,
    applicants.basis,
    applicants.applied_amount_kr,
    applicants.outcome,
    applicants.recommended_amount_kr,
    printed.recommended_lowest as printed_lowest,
    printed.recommended_highest as printed_highest
from applicants
left join printed
    on
        applicants.call_id = printed.call_id
        and applicants.organisation_id = printed.organisation_id

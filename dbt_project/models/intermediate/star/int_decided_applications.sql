{#
  Joins applications to their decisions, so that the rows add up. If a decision or an amount is for
  both grants of an applicant, the grant is both, and the row counts as two applications.
#}
with

grants as (
    select
        call_id,
        count(*) as grants
    from {{ ref('dim_grant_type') }}
    where call_id is not null
    group by call_id
),

applied as (
    select * from {{ ref('fct_applications') }}
    where row_kind = 'leaf'
),

decisions as (
    select * from {{ ref('fct_decisions') }}
),

side_by_side as (
    select
        coalesce(applied.call_id, decisions.call_id) as call_id,
        coalesce(applied.organisation_id, decisions.organisation_id) as organisation_id,
        coalesce(applied.area_id, decisions.area_id) as area_id,
        coalesce(applied.grant_type_id, decisions.grant_type_id) as grant_type_id,
        coalesce(applied.basis, decisions.basis) as basis,
        applied.call_id is not null as is_applied,
        applied.applied_amount_kr,
        decisions.outcome,
        decisions.recommended_amount_kr
    from applied
    full join decisions
        on
            applied.call_id = decisions.call_id
            and applied.organisation_id = decisions.organisation_id
            and applied.grant_type_id = decisions.grant_type_id
            and applied.basis = decisions.basis
)

select
    side_by_side.call_id,
    side_by_side.organisation_id,
    side_by_side.area_id,
    side_by_side.grant_type_id,
    side_by_side.basis,
    cast(
        case
            when not side_by_side.is_applied then 0
            when side_by_side.grant_type_id = 'both' then grants.grants
            else 1
        end
        as integer
    ) as applications,
    cast(
        case
            when side_by_side.outcome <> 'recommended' then 0
            when side_by_side.outcome is null then null
            when side_by_side.grant_type_id = 'both' then grants.grants
            else 1
        end
        as integer
    ) as recommended_applications,
    side_by_side.applied_amount_kr,
    -- no money is recommended if the application is refused
    cast(
        case
            when side_by_side.outcome = 'recommended' then side_by_side.recommended_amount_kr
            when side_by_side.outcome is not null then 0
        end
        as decimal(18, 2)
    ) as recommended_amount_kr
from side_by_side
inner join grants on side_by_side.call_id = grants.call_id

with

-- take the first of these that exists: a decision for both grants, a decision for the grant, the
-- award by the call's rule
candidates as (
    select
        decisions.call_id,
        decisions.organisation_id,
        decisions.grant_type_id,
        decisions.basis,
        applications.applied_amount_kr,
        case decisions.outcome
            when 'recommended' then decisions.recommended_amount_kr else 0
        end as recommended_amount_kr,
        case
            when decisions.grant_type_id = 'both' then 'decision_on_both_grants' else 'decision'
        end as award_source,
        1 as choice,
        decisions.source_row_key
    from {{ ref('fct_decisions') }} as decisions
    left join {{ ref('fct_applications') }} as applications
        on
            decisions.call_id = applications.call_id
            and decisions.organisation_id = applications.organisation_id
            and decisions.grant_type_id = applications.grant_type_id
            and decisions.basis = applications.basis
    union all
    select
        call_id,
        organisation_id,
        grant_type_id,
        basis,
        applied_amount_kr,
        recommended_amount_kr,
        'call_rule' as award_source,
        2 as choice,
        cast(null as varchar) as source_row_key
    from {{ ref('mart_allocation') }}
    where recommended_amount_kr is not null
),

awards as (
    select
        *,
        row_number() over (
            partition by call_id, organisation_id, grant_type_id, basis
            order by choice asc nulls last
        ) as place,
        bool_or(grant_type_id = 'both') over (
            partition by call_id, organisation_id, basis
        ) as decided_together
    from candidates
)

select
    awards.call_id,
    awards.organisation_id,
    organisations.name as organisation_name,
    awards.grant_type_id,
    awards.basis,
    awards.applied_amount_kr,
    cast(awards.recommended_amount_kr as decimal(18, 2)) as recommended_amount_kr,
    awards.award_source,
    awards.source_row_key,
    {{ call_completeness_columns('awards') }}
from awards
left join {{ ref('dim_organisation') }} as organisations
    on awards.organisation_id = organisations.organisation_id
{{ join_call_completeness('awards', 'awards') }}
where
    awards.place = 1
    -- the amount for both grants contains the amounts of the single grants
    and (awards.grant_type_id = 'both' or not awards.decided_together)

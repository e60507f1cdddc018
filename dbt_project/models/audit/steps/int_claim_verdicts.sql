{# Computes the two sides of each claim, and says whether the claim holds. #}
with

claims as (
    select * from {{ ref('fct_published_claims') }}
),

elements as (
    select * from {{ ref('int_claim_elements') }}
),

ranked as (
    select
        claim_id,
        element as organisation_id,
        count(*) over (partition by claim_id) as named
    from {{ ref('stg_claim_terms') }}
    where role = 'ranked'
),

-- a claim is contradicted if an organisation that it names does not have the claimed rank
rank_faults as (
    select
        ranked.claim_id,
        count(*) as faults
    from ranked
    left join elements
        on ranked.claim_id = elements.claim_id and ranked.organisation_id = elements.organisation_id
    where
        elements.element is null
        or case elements.kind
            when 'top' then elements.place_from_top else elements.place_from_bottom
        end > ranked.named
    group by ranked.claim_id
),

tallies as (
    select
        claim_id,
        count(*) as looked_at,
        sum(case when holds then 1 else 0 end) as holding,
        min(value) as lowest,
        max(value) as highest
    from elements
    group by claim_id
),

sides as (
    select * from {{ ref('int_claim_sides') }}
),

rights as (
    select * from sides where role = 'right'
),

-- a side without a value has a denominator that can be zero, so the claim cannot be evaluated
undefined as (
    select distinct claim_id from sides where value is null
),

named_figures as (
    select distinct
        claim_id,
        figure_id
    from {{ ref('stg_claim_terms') }}
    where figure_id is not null
),

operands as (
    select
        claim_id,
        {{ list_of('figure_id') }} as operand_figure_ids
    from named_figures
    group by claim_id
)

select
    claims.claim_id,
    operands.operand_figure_ids,
    tallies.looked_at,
    tallies.holding,
    case claims.kind
        when 'count_where' then cast(tallies.holding as decimal(20, 6))
        when 'compare' then tallies.highest
    end as computed_value,
    rights.value as claimed_value,
    tallies.lowest as lowest_element,
    tallies.highest as highest_element,
    case
        when tallies.looked_at is null or undefined.claim_id is not null then 'not_checkable'
        when
            case claims.kind
                when 'count_where' then tallies.holding = rights.value
                when 'top' then coalesce(rank_faults.faults, 0) = 0
                when 'bottom' then coalesce(rank_faults.faults, 0) = 0
                else tallies.holding = tallies.looked_at
            end
            then 'holds'
        else 'contradicted'
    end as verdict
from claims
left join tallies on claims.claim_id = tallies.claim_id
left join rights on claims.claim_id = rights.claim_id
left join operands on claims.claim_id = operands.claim_id
left join rank_faults on claims.claim_id = rank_faults.claim_id
left join undefined on claims.claim_id = undefined.claim_id

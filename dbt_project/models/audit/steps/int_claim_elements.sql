{# Lists every figure or organisation that a claim compares, and whether the claim holds for it. #}
with

claims as (
    select * from {{ ref('fct_published_claims') }}
),

sides as (
    select * from {{ ref('int_claim_sides') }}
),

figures as (
    select * from {{ ref('int_figure_intervals') }}
),

-- an element is compared with these values; if the right side is a count, it is compared with the
-- threshold
others as (
    select * from sides where role in ('right', 'threshold', 'lower', 'upper')
)

select
    claims.claim_id,
    claims.kind,
    lefts.element,
    coalesce(figures.organisation_id, lefts.element) as organisation_id,
    lefts.value,
    lefts.lowest_value,
    lefts.highest_value,
    {{ claim_holds('claims.comparator', 'lefts', 'rights', 'lowers', 'uppers') }} as holds,
    row_number() over (
        partition by claims.claim_id
        order by lefts.value desc nulls last, lefts.element asc nulls last
    ) as place_from_top,
    row_number() over (
        partition by claims.claim_id
        order by lefts.value asc nulls last, lefts.element asc nulls last
    ) as place_from_bottom
from claims
inner join sides as lefts on claims.claim_id = lefts.claim_id and lefts.role = 'left'
left join others as rights
    on
        claims.claim_id = rights.claim_id
        and rights.role = case claims.kind when 'count_where' then 'threshold' else 'right' end
left join others as lowers on claims.claim_id = lowers.claim_id and lowers.role = 'lower'
left join others as uppers on claims.claim_id = uppers.claim_id and uppers.role = 'upper'
left join figures on lefts.element = figures.figure_id

{# Computes each side of a claim as a value and an interval, for each figure or organisation. #}
{%- set sides = ['numerator', 'numerator_slack', 'denominator', 'denominator_slack'] %}
with

terms as (
    select * from {{ ref('stg_claim_terms') }} where role <> 'ranked'
),

figures as (
    select * from {{ ref('int_figure_intervals') }}
),

valued as (
    select
        terms.claim_id,
        terms.role,
        terms.element,
        terms.part,
        terms.coefficient,
        coalesce(figures.value, terms.literal) as value,
        -- a literal such as 1.5 is rounded, too, so it means every value that rounds to 1.5
        case
            when figures.figure_id is not null then figures.printed_half_width
            when terms.literal_text like '%.__' then 0.005
            when terms.literal_text like '%._' then 0.05
            else 0
        end as slack
    from terms
    left join figures on terms.figure_id = figures.figure_id
),

parts as (
    select
        claim_id,
        role,
        element,
        sum(case when part = 'numerator' then coefficient * value end) as numerator,
        sum(case when part = 'numerator' then abs(coefficient) * slack end) as numerator_slack,
        coalesce(sum(case when part = 'denominator' then coefficient * value end), 1)
            as denominator,
        coalesce(sum(case when part = 'denominator' then abs(coefficient) * slack end), 0)
            as denominator_slack
    from valued
    group by claim_id, role, element
)

select
    claim_id,
    role,
    element,
    {{ quotient_bound(*sides) }} as value,
    {{ quotient_bound(*sides, extreme='least') }} as lowest_value,
    {{ quotient_bound(*sides, extreme='greatest') }} as highest_value
from parts
where numerator is not null

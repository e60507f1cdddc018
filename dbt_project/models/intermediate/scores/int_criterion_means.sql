{# A table, because a view would read the assessors' scores, which analysts do not have. #}
with

assessed as (
    select
        call_id,
        organisation_id,
        grant_type_id,
        criterion_id,
        basis,
        count(*) as assessors,
        cast(sum(score) as decimal(18, 2)) as sum_of_scores
    from {{ ref('fct_criterion_scores') }}
    group by call_id, organisation_id, grant_type_id, criterion_id, basis
)

select
    assessed.*,
    criteria.code,
    criteria.weight_numerator,
    criteria.weight_denominator,
    cast(
        {{ rounded_to(
            'assessed.sum_of_scores', 'rules.criterion_decimals', denominator='assessed.assessors'
        ) }}
        as decimal(6, 4)
    ) as score
from assessed
inner join {{ ref('int_call_rules') }} as rules on assessed.call_id = rules.call_id
inner join {{ ref('dim_criterion') }} as criteria
    on
        assessed.criterion_id = criteria.criterion_id
        and assessed.call_id = criteria.call_id
        and assessed.grant_type_id = criteria.grant_type_id
where criteria.weight_numerator is not null

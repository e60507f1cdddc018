{# The print has one row for both grants together; submissions have one row for each grant. #}
select
    call_id,
    basis,
    'applied_amount' as measure,
    cast(sum(applied_amount_kr) as decimal(20, 6)) as value
from {{ ref('fct_applications') }}
where (basis = 'published') = (grant_type_id is null)
group by call_id, basis
union all
select
    call_id,
    basis,
    'recommended_amount' as measure,
    cast(sum(recommended_amount_kr) as decimal(20, 6)) as value
from {{ ref('fct_decisions') }}
where (basis = 'published') = (grant_type_id is null)
group by call_id, basis

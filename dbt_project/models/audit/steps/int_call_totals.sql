select
    call_id,
    basis,
    'applied_amount' as measure,
    cast(sum(applied_amount_kr) as decimal(20, 6)) as value
from {{ ref('fct_applications') }}
where row_kind = 'leaf'
group by call_id, basis
union all
select
    call_id,
    basis,
    'recommended_amount' as measure,
    cast(sum(recommended_amount_kr) as decimal(20, 6)) as value
from {{ ref('fct_decisions') }}
group by call_id, basis

with

rules as (
    select * from {{ ref('int_call_rules') }}
    where sensitivity_draws is not null
),

trials as (
    select
        rules.call_id,
        rules.sensitivity_draws,
        cast(numbers.n as integer) as trial,
        cast(rules.sensitivity_weight_spread_percent * 100 as bigint) as weight_spread,
        {{ scrambled('cast(rules.sensitivity_seed as bigint) * 40503 + numbers.n') }} as chance
    from rules
    inner join {{ numbers_up_to(1000000) }} as numbers (n)
        on numbers.n <= 2 * rules.sensitivity_draws
)

select
    call_id,
    trial,
    case
        when trial = 0 then 'nothing'
        when trial <= sensitivity_draws then 'weights'
        else 'scores'
    end as varied,
    case when trial between 1 and sensitivity_draws then weight_spread else 0 end as weight_spread,
    chance
from trials

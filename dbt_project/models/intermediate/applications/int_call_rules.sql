with

parameters as (
    select * from {{ ref('dim_call_parameter') }}
),

minimums as (
    select
        call_id,
        max(case when scope = 'application' then value end) as minimum_average,
        max(case when scope = 'sub_criterion' then value end) as minimum_criterion
    from {{ ref('dim_requirement') }}
    where kind = 'minimum_score'
    group by call_id
),

stated as (
    select
        call_id,
        {{ call_parameter('score_decimals', 'integer') }},
        {{ call_parameter('criterion_decimals', 'integer') }},
        {{ call_parameter('minimum_unit', 'varchar') }},
        {{ call_parameter('when_one_grant_fails', 'varchar') }},
        {{ call_parameter('competition', 'varchar') }},
        {{ call_parameter('sensitivity_draws', 'integer') }},
        {{ call_parameter('sensitivity_seed', 'integer') }},
        {{ call_parameter('sensitivity_weight_spread_percent', 'decimal(8, 4)') }},
        {{ call_parameter('sensitivity_score_error', 'decimal(8, 4)') }}
    from parameters
    group by call_id
)

select
    stated.*,
    cast(minimums.minimum_average as decimal(8, 4)) as minimum_average,
    cast(minimums.minimum_criterion as decimal(8, 4)) as minimum_criterion
from stated
left join minimums on stated.call_id = minimums.call_id

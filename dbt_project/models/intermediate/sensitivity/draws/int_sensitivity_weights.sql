with

trials as (
    select * from {{ ref('int_sensitivity_trials') }}
    where varied <> 'scores'
),

grants as (
    select distinct
        call_id,
        grant_no
    from {{ ref('int_sensitivity_applications') }}
),

vectors as (
    select
        trials.trial,
        grants.grant_no,
        trials.weight_spread,
        trials.chance + 40503 * 64 * grants.grant_no as chance
    from trials
    inner join grants on trials.call_id = grants.call_id
)

select
    trial,
    grant_no,
    10000 + {{ either_way(scrambled('chance'), 'weight_spread') }} as grant_weight,
    {{ each_place(
        '10000 + ' ~ either_way(scrambled('chance + 40503 * #'), 'weight_spread') ~ ' as factor_#'
    ) }}
from vectors

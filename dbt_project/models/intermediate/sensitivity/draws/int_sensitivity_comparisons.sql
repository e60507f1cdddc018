with

applications as (
    select
        applications.*,
        rules.sensitivity_draws
    from {{ ref('int_sensitivity_applications') }} as applications
    inner join {{ ref('int_call_rules') }} as rules on applications.call_id = rules.call_id
),

judged as (
    select * from {{ ref('int_sensitivity_awards') }}
    where trial = 0
),

draws as (
    select * from {{ ref('int_sensitivity_awards') }}
    where trial > 0
)

select
    draws.trial,
    draws.application_no,
    applications.call_id,
    applications.basis,
    applications.area_no,
    case when draws.trial <= applications.sensitivity_draws then 'weights' else 'scores' end
        as varied,
    draws.award_ore,
    draws.minimum_met <> judged.minimum_met as minimum_changed,
    draws.selected <> judged.selected as selected_changed,
    draws.leads <> judged.leads as order_changed,
    abs(draws.award_ore - judged.award_ore) * 100 > judged.award_ore as award_changed
from draws
inner join judged on draws.application_no = judged.application_no
inner join applications on draws.application_no = applications.application_no

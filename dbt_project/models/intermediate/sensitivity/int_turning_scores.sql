with

changes as (
    select * from {{ ref('int_sensitivity_changes') }}
),

judged as (
    select * from {{ ref('int_sensitivity_outcomes') }}
    where trial = 0
),

trials as (
    select * from {{ ref('int_sensitivity_outcomes') }}
    where trial < 0
),

turned as (
    select
        trials.trial,
        trials.application_no,
        trials.selected <> judged.selected as selected_changed,
        judged.leads and not trials.leads as lead_lost
    from trials
    inner join judged on trials.application_no = judged.application_no
),

-- the change selects or rejects an application, or another organisation leads an area
turns as (
    select
        trial,
        application_no
    from turned
    where selected_changed
    union all
    select distinct
        trial,
        cast(null as bigint) as application_no
    from turned
    where lead_lost
),

turning_changes as (
    select
        changes.*,
        turns.application_no as turned_application_no,
        abs(changes.score_to - changes.score_from) as distance
    from turns
    inner join changes on turns.trial = changes.trial
),

-- for each score, keep only the smallest change of it that changes the outcome
smallest as (
    select
        *,
        row_number() over (
            partition by turned_application_no, area_no, application_no, place
            order by distance asc nulls last, score_to asc nulls last
        ) as nearness
    from turning_changes
)

select
    area_no,
    turned_application_no as application_no,
    application_no as changed_application_no,
    place,
    criterion_id,
    score_from,
    score_to
from smallest
where nearness = 1

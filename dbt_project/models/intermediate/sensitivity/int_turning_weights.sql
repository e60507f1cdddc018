with

applications as (
    select
        applications.*,
        count(*) over (partition by applications.organisation_no) as grants,
        judged.leads
    from {{ ref('int_sensitivity_applications') }} as applications
    inner join {{ ref('int_sensitivity_outcomes') }} as judged
        on applications.application_no = judged.application_no and judged.trial = 0
    where applications.is_contested
),

criteria as (
    select * from {{ ref('int_sensitivity_criteria') }}
),

sums as (
    select
        application_no,
        cast(sum(weight) as bigint) as weights,
        cast(sum(weight * score) as bigint) as weighted
    from criteria
    group by application_no
),

-- for each grant, the lead of an area's leader over each rival that applied for the same grants
leads as (
    select
        leader.area_no,
        leader.application_no,
        rival.application_no as rival_application_no,
        leader.grant_type_id,
        leader.grants,
        leader_sums.weights,
        leader_sums.weighted - rival_sums.weighted as weighted_lead,
        leader.score - rival.score as lead,
        sum(leader.score - rival.score) over pair as leads,
        count(*) over pair as grants_of_both
    from applications as leader
    inner join applications as rival
        on
            leader.area_no = rival.area_no
            and leader.grant_no = rival.grant_no
            and leader.grants = rival.grants
    inner join sums as leader_sums on leader.application_no = leader_sums.application_no
    inner join sums as rival_sums
        on
            rival.application_no = rival_sums.application_no
            and leader_sums.weights = rival_sums.weights
    where leader.leads and not rival.leads
    window pair as (partition by leader.organisation_no, rival.organisation_no)
),

-- solve w · lead_here + (1 − w) · lead_elsewhere = 0 for w
of_grants as (
    select
        area_no,
        rival_application_no,
        'grant_weight' as kind,
        grant_type_id,
        cast(null as varchar) as criterion_id,
        1 as weight,
        grants as weights,
        leads - lead as numerator,
        leads - lead - (grants - 1) * lead as denominator
    from leads
    where grants_of_both = grants and grants > 1
),

of_criteria as (
    select
        leads.area_no,
        leads.rival_application_no,
        'criterion_weight' as kind,
        leads.grant_type_id,
        leader.criterion_id,
        leader.weight,
        leads.weights,
        leads.weighted_lead - leader.weight * (leader.score - rival.score)
        + (leads.leads - leads.lead) * (leads.weights - leader.weight) as numerator,
        leads.weighted_lead - leads.weights * (leader.score - rival.score) as denominator
    from leads
    inner join criteria as leader on leads.application_no = leader.application_no
    inner join criteria as rival
        on
            leads.rival_application_no = rival.application_no
            and leader.criterion_id = rival.criterion_id
    where leads.grants_of_both = leads.grants
),

together as (
    select * from of_grants
    union all
    select * from of_criteria
),

turns as (
    select
        *,
        {{ ratio('100 * weight', 'weights') }} as percent_from,
        {{ ratio('100 * numerator', 'denominator') }} as percent_to
    from together
)

select
    area_no,
    rival_application_no,
    kind,
    grant_type_id,
    criterion_id,
    percent_from,
    percent_to
from turns
where percent_to between 0 and 100

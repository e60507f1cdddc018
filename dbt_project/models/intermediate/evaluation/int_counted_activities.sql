{#
  The evaluation counts the activities that the cluster grant funds, by period, for the organisation
  and for the country. A project may be reported for several years of a period. It is then one
  activity of the period, and its last report describes it.
#}
with

reported as (
    select
        activities.basis,
        scopes.figure_group,
        scopes.period_id,
        activities.year,
        scopes.organisation_id,
        activities.activity_type_id,
        activities.source_row_key as activity_row_key,
        -- an organisation may use an id again for an activity with another start date
        row_number() over (
            partition by
                activities.basis, scopes.figure_group, scopes.period_id, scopes.organisation_id,
                activities.organisation_id, activities.activity_id, activities.start_date
            order by activities.year desc nulls last, activities.source_row_key asc nulls last
        ) as place
    from {{ ref('fct_activities') }} as activities
    inner join {{ ref('int_figure_scopes') }} as scopes
        on
            activities.basis = scopes.basis
            and activities.organisation_id = scopes.reporting_organisation_id
            and activities.year = scopes.year
    where
        activities.cluster_grant_funded
        -- the group participation counts activities too, as the denominators of averages and shares
        and scopes.figure_group in ('activities', 'participation')
)

select
    basis,
    figure_group,
    period_id,
    year,
    organisation_id,
    activity_type_id,
    activity_row_key
from reported
where place = 1

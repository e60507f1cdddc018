{#
  Activities that count in the evaluation: those that the cluster grant funds, by period, for the
  organisation and for the country.
#}
select
    activities.basis,
    scopes.figure_group,
    scopes.period_id,
    activities.year,
    scopes.organisation_id,
    activities.activity_type_id,
    activities.source_row_key as activity_row_key
from {{ ref('fct_activities') }} as activities
inner join {{ ref('int_figure_scopes') }} as scopes
    on
        activities.basis = scopes.basis
        and activities.organisation_id = scopes.reporting_organisation_id
        and activities.year = scopes.year
where
    activities.cluster_grant_funded
    -- averages and shares of participation divide by the activities of the same organisations
    and scopes.figure_group in ('activities', 'participation')

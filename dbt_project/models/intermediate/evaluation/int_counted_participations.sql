{{ config(materialized='view') }}
{#
  The evaluation counts participations by period, for the organisation and for the country. A
  project may be reported for several years of a period. repeats_in_period marks a participation
  that a later year of the period reports again. The model is a view, so that the rows are not
  stored a second time.
#}
select
    participations.basis,
    scopes.period_id,
    participations.year,
    scopes.organisation_id,
    participations.activity_type_id,
    participations.activity_row_key,
    -- the start date distinguishes activities for which an organisation used the same id
    concat_ws(
        '#', activities.organisation_id, activities.activity_id, activities.start_date
    ) as activity_key,
    row_number() over (
        partition by
            participations.basis, scopes.period_id, scopes.organisation_id,
            activities.organisation_id, activities.activity_id, activities.start_date,
            participations.participant_id, participations.country
        order by participations.year desc nulls last, participations.source_row_key asc nulls last
    ) > 1 as repeats_in_period,
    participations.participant_id,
    participations.participant_type,
    participations.institution_type,
    participations.country,
    participations.country = 'DK' as is_danish,
    participations.size_band,
    participations.legal_form,
    participations.industry_code,
    participations.industry_code_version,
    participations.startup,
    participations.persons,
    participations.source_row_key
from {{ ref('fct_participants') }} as participations
left join {{ ref('fct_activities') }} as activities
    on participations.activity_row_key = activities.source_row_key
inner join {{ ref('int_figure_scopes') }} as scopes
    on
        participations.basis = scopes.basis
        and participations.organisation_id = scopes.reporting_organisation_id
        and participations.year = scopes.year
where
    participations.has_activity
    and participations.cluster_grant_funded
    and scopes.figure_group = 'participation'

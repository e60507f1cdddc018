{{ config(materialized='view') }}
{#
  Participations that count in the evaluation, by period, for the organisation and for the country.
  A view, because rows are only joined.
#}
select
    participations.basis,
    scopes.period_id,
    participations.year,
    scopes.organisation_id,
    participations.activity_type_id,
    participations.activity_row_key,
    participations.participant_id,
    participations.participant_type,
    participations.institution_type,
    participations.country = 'DK' as is_danish,
    participations.size_band,
    participations.legal_form,
    participations.industry_code,
    participations.industry_code_version,
    participations.startup,
    participations.source_row_key
from {{ ref('fct_participants') }} as participations
inner join {{ ref('int_figure_scopes') }} as scopes
    on
        participations.basis = scopes.basis
        and participations.organisation_id = scopes.reporting_organisation_id
        and participations.year = scopes.year
where
    participations.has_activity
    and participations.cluster_grant_funded
    and scopes.figure_group = 'participation'

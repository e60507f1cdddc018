{# Joins each participant to the activity. The activity columns are null if it is not reported. #}
select
    participants.organisation_id,
    participants.year,
    participants.activity_id,
    participants.participant_id,
    participants.country,
    participants.participant_type,
    participants.institution_type,
    participants.size_band,
    participants.legal_form,
    participants.industry_code,
    participants.industry_code_version,
    participants.startup,
    participants.persons,
    activities.source_row_key as activity_row_key,
    activities.activity_type_id,
    activities.cluster_grant_funded,
    activities.source_row_key is not null as has_activity,
    participants.basis,
    participants.load_id,
    participants.source_row_key
from {{ ref('stg_participants') }} as participants
left join {{ ref('fct_activities') }} as activities
    on
        participants.basis = activities.basis
        and participants.year = activities.year
        and participants.organisation_id = activities.organisation_id
        and participants.activity_id = activities.activity_id

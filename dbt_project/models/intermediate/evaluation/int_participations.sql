{# Participants with their activity; the activity's columns are null where it is not reported. #}
select
    participants.*,
    activities.activity_type as activity_type_id,
    activities.source_row_key as activity_row_key,
    activities.cluster_grant_funded,
    activities.source_row_key is not null as has_activity
from {{ ref('stg_participants') }} as participants
left join {{ ref('stg_activities') }} as activities
    on
        participants.basis = activities.basis
        and participants.year = activities.year
        and participants.organisation_id = activities.organisation_id
        and participants.activity_id = activities.activity_id

with

printed as (
    select
        coalesce(organisation_id, 'denmark') as organisation_id,
        period_id,
        activity_type_id,
        breakdown as participant_type,
        value as average_participants,
        placement,
        note,
        figure_id,
        basis
    from {{ ref('int_evaluation_report_cells') }}
    where table_role = 'activity_attendance'
),

activities as (
    select
        basis,
        period_id,
        organisation_id,
        activity_type_id,
        count(*) as activities
    from {{ ref('int_counted_activities') }}
    where figure_group = 'participation'
    group by basis, period_id, activity_type_id, organisation_id
),

participations as (
    select
        basis,
        period_id,
        organisation_id,
        activity_type_id,
        participant_type,
        count(*) as participations
    from {{ ref('int_counted_participations') }}
    where participant_type in ('company', 'knowledge_institution') and repeats_in_period is not true
    group by basis, period_id, activity_type_id, participant_type, organisation_id
),

computed as (
    select
        participations.organisation_id,
        participations.period_id,
        participations.activity_type_id,
        participations.participant_type,
        {{ ratio('participations.participations', 'activities.activities') }}
            as average_participants,
        cast(null as varchar) as placement,
        cast(null as varchar) as note,
        cast(null as varchar) as figure_id,
        participations.basis
    from participations
    inner join activities
        on
            participations.basis = activities.basis
            and participations.period_id = activities.period_id
            and participations.organisation_id = activities.organisation_id
            and participations.activity_type_id = activities.activity_type_id
),

side_by_side as (
    select * from printed
    union all
    select * from computed
)

select
    side_by_side.organisation_id,
    organisations.name as organisation_name,
    {{ row_kind('side_by_side.organisation_id') }} as row_kind,
    side_by_side.period_id,
    {{ period_kind('side_by_side.period_id') }} as period_kind,
    side_by_side.activity_type_id,
    types.label_da as activity_type_label_da,
    types.label_en as activity_type_label_en,
    side_by_side.participant_type,
    side_by_side.average_participants,
    side_by_side.placement,
    side_by_side.note,
    side_by_side.figure_id,
    {{ figure_source_columns() }},
    side_by_side.basis,
    {{ completeness_columns('side_by_side') }}
from side_by_side
inner join {{ ref('dim_activity_type') }} as types
    on side_by_side.activity_type_id = types.activity_type_id
left join {{ ref('dim_organisation') }} as organisations
    on side_by_side.organisation_id = organisations.organisation_id
{{ join_completeness('side_by_side', "'participation'") }}
{{ join_figure_source('side_by_side.figure_id') }}

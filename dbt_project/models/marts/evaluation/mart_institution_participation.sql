with

activities as (
    select
        basis,
        period_id,
        organisation_id,
        count(*) as activities
    from {{ ref('int_counted_activities') }}
    where figure_group = 'participation'
    group by basis, period_id, organisation_id
),

-- an activity counts once per type, however many institutions of the type took part
reached as (
    select
        basis,
        period_id,
        organisation_id,
        institution_type,
        count(distinct activity_key) as activities_with_type
    from {{ ref('int_counted_participations') }}
    where institution_type is not null and is_danish
    group by basis, period_id, institution_type, organisation_id
),

side_by_side as (
    select
        organisation_id,
        period_id,
        breakdown as institution_type,
        cast(null as bigint) as activities_with_type,
        cast(null as bigint) as activities,
        value as share_percent,
        figure_id,
        basis
    from {{ ref('fct_published_figures') }}
    where
        document_role = 'evaluation_report'
        and indicator_id = 'institution_participation'
        and organisation_id is not null
    union all
    select
        reached.organisation_id,
        reached.period_id,
        reached.institution_type,
        reached.activities_with_type,
        activities.activities,
        {{ ratio('100 * reached.activities_with_type', 'activities.activities') }} as share_percent,
        cast(null as varchar) as figure_id,
        reached.basis
    from reached
    inner join activities
        on
            reached.basis = activities.basis
            and reached.period_id = activities.period_id
            and reached.organisation_id = activities.organisation_id
)

select
    side_by_side.organisation_id,
    organisations.name as organisation_name,
    {{ row_kind('side_by_side.organisation_id') }} as row_kind,
    side_by_side.period_id,
    {{ period_kind('side_by_side.period_id') }} as period_kind,
    side_by_side.institution_type,
    side_by_side.activities_with_type,
    side_by_side.activities,
    side_by_side.share_percent,
    side_by_side.figure_id,
    {{ figure_source_columns() }},
    side_by_side.basis,
    {{ completeness_columns('side_by_side') }}
from side_by_side
left join {{ ref('dim_organisation') }} as organisations
    on side_by_side.organisation_id = organisations.organisation_id
{{ join_completeness('side_by_side', "'participation'") }}
{{ join_figure_source('side_by_side.figure_id') }}

with

participations as (
    select * from {{ ref('int_counted_participations') }}
    where repeats_in_period is not true
),

-- all knowledge institutions, and each of their types
kinds as (
    select
        basis,
        period_id,
        organisation_id,
        participant_type,
        'total' as institution_type,
        is_danish
    from participations
    union all
    select
        basis,
        period_id,
        organisation_id,
        participant_type,
        institution_type,
        is_danish
    from participations
    where institution_type is not null
),

counted as (
    select
        basis,
        period_id,
        organisation_id,
        participant_type,
        institution_type,
        count(*) as participations,
        sum(case when is_danish then 0 else 1 end) as foreign_participations
    from kinds
    group by basis, period_id, participant_type, institution_type, organisation_id
),

side_by_side as (
    select
        organisation_id,
        period_id,
        breakdown as participant_type,
        'total' as institution_type,
        cast(null as bigint) as participations,
        cast(null as bigint) as foreign_participations,
        value as foreign_percent,
        figure_id,
        basis
    from {{ ref('fct_published_figures') }}
    where
        document_role = 'evaluation_report'
        and indicator_id = 'foreign_participation'
        and statistic = 'share'
        and organisation_id is not null
    union all
    select
        organisation_id,
        period_id,
        participant_type,
        institution_type,
        participations,
        cast(foreign_participations as bigint) as foreign_participations,
        {{ ratio('100 * foreign_participations', 'participations') }} as foreign_percent,
        cast(null as varchar) as figure_id,
        basis
    from counted
)

select
    side_by_side.organisation_id,
    organisations.name as organisation_name,
    {{ row_kind('side_by_side.organisation_id', part="side_by_side.institution_type <> 'total'") }}
        as row_kind,
    side_by_side.period_id,
    {{ period_kind('side_by_side.period_id') }} as period_kind,
    side_by_side.participant_type,
    side_by_side.institution_type,
    side_by_side.participations,
    side_by_side.foreign_participations,
    side_by_side.foreign_percent,
    side_by_side.figure_id,
    {{ figure_source_columns() }},
    side_by_side.basis,
    {{ completeness_columns('side_by_side') }}
from side_by_side
left join {{ ref('dim_organisation') }} as organisations
    on side_by_side.organisation_id = organisations.organisation_id
{{ join_completeness('side_by_side', "'participation'") }}
{{ join_figure_source('side_by_side.figure_id') }}

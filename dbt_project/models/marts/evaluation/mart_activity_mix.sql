with

counted as (
    select
        basis,
        period_id,
        organisation_id,
        activity_type_id,
        count(*) as activities
    from {{ ref('int_counted_activities') }}
    where figure_group = 'activities'
    group by basis, period_id, activity_type_id, organisation_id
),

whole as (
    select
        *,
        sum(activities) over (partition by basis, period_id, organisation_id) as activities_in_all
    from counted
),

side_by_side as (
    select
        organisation_id,
        period_id,
        activity_type_id,
        cast(null as bigint) as activities,
        value as share_percent,
        figure_id,
        basis
    from {{ ref('fct_published_figures') }}
    where
        document_role = 'evaluation_report'
        and indicator_id = 'activity_mix'
        and organisation_id is not null
    union all
    select
        organisation_id,
        period_id,
        activity_type_id,
        activities,
        {{ ratio('100 * activities', 'activities_in_all') }} as share_percent,
        cast(null as varchar) as figure_id,
        basis
    from whole
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
    side_by_side.activities,
    side_by_side.share_percent,
    side_by_side.figure_id,
    {{ figure_source_columns() }},
    side_by_side.basis,
    {{ completeness_columns('side_by_side') }}
from side_by_side
inner join {{ ref('dim_activity_type') }} as types
    on side_by_side.activity_type_id = types.activity_type_id
left join {{ ref('dim_organisation') }} as organisations
    on side_by_side.organisation_id = organisations.organisation_id
{{ join_completeness('side_by_side', "'activities'") }}
{{ join_figure_source('side_by_side.figure_id') }}

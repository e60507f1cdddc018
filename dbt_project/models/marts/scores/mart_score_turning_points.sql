with

applications as (
    select * from {{ ref('int_sensitivity_applications') }}
),

areas as (
    select distinct
        call_id,
        basis,
        area_id,
        area_no
    from applications
),

turns as (
    select
        area_no,
        application_no,
        'scores' as varied,
        case when criterion_id is null then 'total_score' else 'criterion_score' end as kind,
        changed_application_no,
        cast(null as varchar) as grant_type_id,
        criterion_id,
        cast(score_from * 0.0001 as decimal(20, 6)) as value_from,
        cast(score_to * 0.0001 as decimal(20, 6)) as value_to,
        'point' as unit
    from {{ ref('int_turning_scores') }}
    union all
    select
        area_no,
        cast(null as bigint) as application_no,
        'weights' as varied,
        kind,
        cast(null as bigint) as changed_application_no,
        grant_type_id,
        criterion_id,
        percent_from as value_from,
        percent_to as value_to,
        'percent' as unit
    from {{ ref('int_turning_weights') }}
),

sized as (
    select
        *,
        abs(value_to - value_from) as distance,
        case when changed_application_no = application_no then 0 else 1 end as is_elsewhere
    from turns
),

placed as (
    select
        *,
        row_number() over (
            partition by area_no, application_no, varied
            order by
                distance asc nulls last,
                is_elsewhere asc nulls last,
                changed_application_no asc nulls last,
                kind desc nulls last,
                grant_type_id asc nulls last,
                criterion_id asc nulls last,
                value_to asc nulls last
        ) as place
    from sized
)

select
    areas.call_id,
    areas.basis,
    areas.area_id,
    coalesce(applications.organisation_id, 'denmark') as organisation_id,
    coalesce(applications.grant_type_id, 'both') as grant_type_id,
    case when placed.application_no is null then 'total' else 'leaf' end as row_kind,
    placed.varied,
    cast(placed.place as integer) as place,
    placed.kind,
    changed.organisation_id as changed_organisation_id,
    coalesce(changed.grant_type_id, placed.grant_type_id) as changed_grant_type_id,
    placed.criterion_id as changed_criterion_id,
    criteria.code as changed_criterion_code,
    placed.value_from,
    placed.value_to,
    cast(placed.value_to - placed.value_from as decimal(20, 6)) as change,
    placed.unit,
    {{ call_completeness_columns('areas') }}
from placed
inner join areas on placed.area_no = areas.area_no
left join applications on placed.application_no = applications.application_no
left join applications as changed on placed.changed_application_no = changed.application_no
left join {{ ref('dim_criterion') }} as criteria
    on placed.criterion_id = criteria.criterion_id
{{ join_call_completeness('areas', 'scores') }}

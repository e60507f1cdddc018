with

frequencies as (
    select * from {{ ref('int_sensitivity_frequencies') }}
),

turning_points as (
    select * from {{ ref('mart_score_turning_points') }}
    where place = 1
),

asked as (
    select
        subjects.*,
        kinds.varied,
        rules.sensitivity_draws as draws,
        case
            when kinds.varied = 'weights' then rules.sensitivity_weight_spread_percent
            else rules.sensitivity_score_error
        end as spread
    from {{ ref('int_sensitivity_subjects') }} as subjects
    cross join (values ('weights'), ('scores')) as kinds (varied)
    inner join {{ ref('int_call_rules') }} as rules on subjects.call_id = rules.call_id
)

select
    asked.call_id,
    asked.basis,
    coalesce(asked.area_id, 'all') as area_id,
    coalesce(asked.organisation_id, 'denmark') as organisation_id,
    organisations.name as organisation_name,
    coalesce(asked.grant_type_id, 'both') as grant_type_id,
    case when asked.application_no is null then 'total' else 'leaf' end as row_kind,
    asked.varied,
    asked.spread,
    asked.draws,
    coalesce(frequencies.minimum_changed, 0) as minimum_changed_draws,
    {{ ratio('100 * coalesce(frequencies.minimum_changed, 0)', 'asked.draws') }}
        as minimum_changed_percent,
    coalesce(frequencies.selected_changed, 0) as selected_changed_draws,
    {{ ratio('100 * coalesce(frequencies.selected_changed, 0)', 'asked.draws') }}
        as selected_changed_percent,
    case when asked.is_order_shown then coalesce(frequencies.order_changed, 0) end
        as order_changed_draws,
    case
        when asked.is_order_shown
            then {{ ratio('100 * coalesce(frequencies.order_changed, 0)', 'asked.draws') }}
    end as order_changed_percent,
    frequencies.award_changed as award_changed_draws,
    {{ ratio('100 * frequencies.award_changed', 'asked.draws') }} as award_changed_percent,
    cast({{ ratio('frequencies.award_lowest', '100', 0) }} as bigint) as award_lowest_kr,
    cast({{ ratio('frequencies.award_p5', '100', 0) }} as bigint) as award_p5_kr,
    cast({{ ratio('frequencies.award_median', '100', 0) }} as bigint) as award_median_kr,
    cast({{ ratio('frequencies.award_p95', '100', 0) }} as bigint) as award_p95_kr,
    cast({{ ratio('frequencies.award_highest', '100', 0) }} as bigint) as award_highest_kr,
    turning_points.kind as turned_by,
    turning_points.changed_organisation_id,
    turning_points.changed_grant_type_id,
    turning_points.changed_criterion_id,
    turning_points.value_from,
    turning_points.value_to,
    turning_points.change as smallest_change,
    {{ call_completeness_columns('asked') }}
from asked
left join frequencies
    on
        asked.call_id = frequencies.call_id
        and asked.basis = frequencies.basis
        and asked.area_no is not distinct from frequencies.area_no
        and asked.application_no is not distinct from frequencies.application_no
        and asked.varied = frequencies.varied
left join turning_points
    on
        asked.call_id = turning_points.call_id
        and asked.basis = turning_points.basis
        and asked.area_id = turning_points.area_id
        and coalesce(asked.organisation_id, 'denmark') = turning_points.organisation_id
        and coalesce(asked.grant_type_id, 'both') = turning_points.grant_type_id
        and asked.varied = turning_points.varied
left join {{ ref('dim_organisation') }} as organisations
    on coalesce(asked.organisation_id, 'denmark') = organisations.organisation_id
{{ join_call_completeness('asked', 'scores') }}

{# Proves the lower bound of lambda: a smaller lambda would give an award below the printed one. #}
with

printed as (
    select * from {{ ref('int_printed_bounds') }}
)

select
    weights.call_id,
    weights.scenario_id,
    weights.minimum_unit,
    'level_at_least' as step_id,
    weights.organisation_id,
    weights.grant_type_id,
    cast(weights.level_lowest as varchar) || ' * ' || cast(weights.points_highest as varchar)
    || ' * ' || cast(weights.size_highest as varchar) as calculation,
    cast(
        cast(weights.level_lowest * weights.points_highest as decimal(20, 9))
        * cast(weights.size_highest as decimal(18, 2))
        as decimal(24, 9)
    ) as left_value,
    '<=' as relation,
    cast(weights.award_lowest as decimal(24, 9)) as right_value,
    concat_ws(
        ' ',
        weights.score_figure_ids,
        alone.applied_figure_ids,
        together.applied_figure_ids,
        together.recommended_figure_ids
    ) as figure_ids
from {{ ref('int_printed_weights') }} as weights
inner join printed as alone
    on
        weights.call_id = alone.call_id
        and weights.organisation_id = alone.organisation_id
        and weights.grant_type_id = alone.grant_type_id
inner join printed as together
    on
        weights.call_id = together.call_id
        and weights.organisation_id = together.organisation_id
        and together.grant_type_id is null
where weights.level_lowest is not null

{#
  Compares the smallest amounts that a rule can give with the print. The amount of each applicant is
  compared with the printed amount. The sum over all applicants is compared with the pots. Each
  addend of this sum is the smallest amount that the rule gives or the smallest amount that the
  print allows, whichever is larger.
#}
with

minimums as (
    select
        calls.call_id,
        case when figures.breakdown = 'average' then 'application' else 'organisation' end
            as minimum_unit,
        figures.figure_id
    from {{ ref('int_figure_intervals') }} as figures
    inner join {{ ref('dim_call') }} as calls on figures.period_id = calls.period_id
    where figures.indicator_id = 'minimum_score'
),

pots as (
    select
        grants.call_id,
        cast(sum(grants.pot_kr) as decimal(18, 2)) as pot_kr,
        {{ list_of('figures.figure_id') }} as figure_ids
    from {{ ref('dim_grant_type') }} as grants
    inner join {{ ref('dim_call') }} as calls on grants.call_id = calls.call_id
    left join {{ ref('int_figure_intervals') }} as figures
        on
            calls.period_id = figures.period_id
            and grants.grant_type_id = figures.grant_type_id
            and figures.indicator_id = 'grant_pot'
    group by grants.call_id
),

shares as (
    select
        bounds.*,
        -- both shares are rounded to six decimals, possibly upwards, so 0.000001 is subtracted
        greatest(bounds.given_share_lowest, bounds.share_lowest) - 0.000001 as cost_share_lowest,
        printed.applied_figure_ids,
        printed.recommended_figure_ids,
        minimums.figure_id as minimum_figure_id
    from {{ ref('int_allocation_bounds') }} as bounds
    inner join {{ ref('int_printed_bounds') }} as printed
        on
            bounds.call_id = printed.call_id
            and bounds.organisation_id = printed.organisation_id
            and printed.grant_type_id is null
    left join minimums
        on bounds.call_id = minimums.call_id and bounds.minimum_unit = minimums.minimum_unit
)

select
    call_id,
    scenario_id,
    minimum_unit,
    'share_at_least' as step_id,
    organisation_id,
    cast(scenario_level_lowest as varchar) || ' * ' || cast(points_lowest as varchar)
    || case when is_per_krone then '' else ' / ' || cast(applied_highest as varchar) end
        as calculation,
    cast(given_share_lowest as decimal(24, 9)) as left_value,
    cast(share_highest as decimal(24, 9)) as right_value,
    concat_ws(' ', minimum_figure_id, applied_figure_ids, recommended_figure_ids) as figure_ids
from shares
union all
select
    call_id,
    scenario_id,
    minimum_unit,
    'share_at_most' as step_id,
    organisation_id,
    cast(recommended_lowest as varchar) || ' / ' || cast(applied_highest as varchar)
        as calculation,
    cast(share_lowest as decimal(24, 9)) as left_value,
    cast(given_share_highest as decimal(24, 9)) as right_value,
    concat_ws(' ', applied_figure_ids, recommended_figure_ids) as figure_ids
from shares
where given_share_highest < 1
union all
select
    call_id,
    scenario_id,
    minimum_unit,
    'lambda_between' as step_id,
    organisation_id,
    cast(recommended_highest as varchar) || ' / (' || cast(points_lowest as varchar)
    || ' * ' || cast(size_lowest as varchar) || ')' as calculation,
    cast(scenario_level_lowest as decimal(24, 9)) as left_value,
    cast(own_level_highest as decimal(24, 9)) as right_value,
    concat_ws(' ', minimum_figure_id, applied_figure_ids, recommended_figure_ids) as figure_ids
from shares
where own_level_highest = scenario_level_highest and scenario_level_lowest is not null
union all
select
    shares.call_id,
    shares.scenario_id,
    shares.minimum_unit,
    'pots_overspent' as step_id,
    cast(null as varchar) as organisation_id,
    {{ list_of(
        "cast(shares.cost_share_lowest as varchar) || ' * ' ||"
        " cast(shares.applied_lowest as varchar)", ' + '
    ) }} as calculation,
    cast(sum(shares.cost_share_lowest * shares.applied_lowest) as decimal(24, 9)) as left_value,
    cast(max(pots.pot_kr) as decimal(24, 9)) as right_value,
    max(pots.figure_ids) as figure_ids
from shares
inner join pots on shares.call_id = pots.call_id
group by shares.call_id, shares.scenario_id, shares.minimum_unit
